// The checker finds each fault that it is there to find.
import { expect, test } from "bun:test";
import { check, FAULTS, type Place, type RoomRecord } from "./checker.ts";

const place = (seq: number): Place => ({ id: seq + 100, seq, clientId: `message ${seq}` });
const sound = (): RoomRecord => ({
  stored: [1, 2, 3, 4].map(place),
  acknowledged: [1, 2, 3, 4].map(place),
  seen: [[1, 2].map(place), [1, 2, 3, 4].map(place)],
});

test("a sound history has no fault", () => {
  const verdict = check([sound(), sound()]);
  expect(FAULTS.map((fault) => verdict[fault])).toEqual(FAULTS.map(() => 0));
  expect([verdict.acknowledged, verdict.seen, verdict.stored]).toEqual([8, 12, 8]);
});

test.each<[(typeof FAULTS)[number], string, (room: RoomRecord) => void]>([
  ["acknowledgedButLost", "the last message is gone", (room) => room.stored.pop()],
  [
    "acknowledgedButLost",
    "a message stands at another place",
    (room) => Object.assign(room.acknowledged[1]!, { seq: 3 }),
  ],
  ["seenButLost", "somebody saw what is not stored", (room) => room.seen[0]!.push(place(5))],
  ["seenButLost", "two saw different messages at one place", (room) => Object.assign(room.seen[0]![1]!, { id: 999 })],
  ["doubled", "one client_id is stored twice", (room) => room.stored.push({ ...place(5), clientId: "message 4" })],
  ["doubled", "one message is shown twice", (room) => room.seen[1]!.push(place(4))],
  ["outOfOrder", "two messages are shown swapped", (room) => room.seen[1]!.reverse()],
  ["differingOrders", "the history has two messages swapped", (room) => room.stored.reverse()],
  ["gaps", "a place is empty", (room) => room.stored.splice(1, 1)],
  ["acknowledgedButLost", "all of it is gone", (room) => room.stored.splice(0)],
])("%s: %s", (fault, _name, spoil) => {
  const room = sound();
  spoil(room);
  expect(check([sound(), room])[fault]).toBeGreaterThan(0);
});
