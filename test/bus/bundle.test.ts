// What servers send each other: all of it arrives as it was sent, in bundles that the wire can carry; what is cut off, garbled or of
// another version changes nothing.
import { describe, expect, test } from "bun:test";
import { bundleHeader, type Entry, encodeEntry, readBundle } from "../../src/bus/bundle.ts";
import type { RoomSignal } from "../../src/bus/bus.ts";
import { BusOutbox, SUBJECTS } from "../../src/bus/outbox.ts";
import type { Room } from "../../src/protocol/rooms.ts";
import { Chance } from "../support/random.ts";

const RUNS = 300;
const OWN = "own";
const OTHER = "other";

const TEXTS = [
  "",
  "a",
  "line\nbreak",
  "ünïcödé",
  "👩‍👩‍👧‍👦",
  "e d 1 1 - - 2\n{}\n",
  "1 other\n",
  "\u2028",
  "x".repeat(300),
];

function randomEntry(chance: Chance): Entry {
  const number = () => Math.floor(2 ** chance.between(0, 53)) - 1;
  const room: Room = { kind: chance.pick(["direct", "group"]), id: number() };
  const frame = JSON.stringify(Array.from({ length: 3 }, () => chance.pick(TEXTS)));
  const orNull = <T>(value: T) => (chance.happens(0.5) ? value : null);
  switch (chance.pick(["event", "hint", "frame", "user", "reach", "pulse"] as const)) {
    case "event": {
      const seq = number();
      const about = { kind: room.kind, roomId: room.id, userId: number(), seq };
      const signal = orNull<RoomSignal>({ type: chance.pick(["member.joined", "member.removed"]), ...about });
      return { type: "event", event: { room, seq, frame, signal, undeliveredTo: orNull(number()) } };
    }
    case "hint":
      return { type: "hint", room, seq: number(), undeliveredTo: orNull(number()) };
    case "frame":
      return {
        type: "frame",
        room,
        after: orNull(number()),
        exceptUserIds: orNull([number(), number()].slice(0, 1 + (number() % 2))) ?? undefined,
        frame,
      };
    case "reach":
      return { type: "reach", number: number(), userId: number(), isReached: chance.happens(0.5) };
    case "pulse":
      return {
        type: "pulse",
        number: number(),
        sentAt: number(),
        echoes: Array.from({ length: Math.floor(chance.between(0, 4)) }, (_, i) => [`${OTHER}${i}`, number()] as const),
      };
    case "user":
      return {
        type: "user",
        userId: number(),
        frame,
        version: orNull({ userId: number(), at: "2026-01-13T17:00:29.317890+00:00" }),
      };
  }
}

const randomEntries = (chance: Chance) =>
  Array.from({ length: Math.floor(chance.between(1, 12)) }, () => randomEntry(chance));

function read(payload: string): Entry[] {
  const entries: Entry[] = [];
  const count = readBundle(payload, OWN, (entry) => entries.push(entry));
  expect(count).toBe(entries.length);
  return entries;
}

const hintOf = (id: number, seq: number): Entry => ({
  type: "hint",
  room: { kind: "group", id },
  seq,
  undeliveredTo: null,
});

const bundle = (entries: Entry[], from = OTHER) => bundleHeader(from) + entries.map(encodeEntry).join("");

/** Calls `check` with a stream of chance for each seed; a failure names its seed. */
function eachSeed(check: (chance: Chance) => void) {
  for (let seed = 1; seed <= RUNS; seed++) {
    try {
      check(new Chance(seed, "bundle"));
    } catch (cause) {
      throw new Error(`seed ${seed}`, { cause });
    }
  }
}

describe("a bundle", () => {
  test("is read as it was written", () => {
    eachSeed((chance) => {
      const entries = randomEntries(chance);
      expect(read(bundle(entries))).toEqual(entries);
    });
  });

  test("that is cut off anywhere brings the entries before the cut, whole, and nothing else", () => {
    eachSeed((chance) => {
      const entries = randomEntries(chance);
      const payload = bundle(entries);
      const whole = read(payload.slice(0, Math.floor(chance.between(0, payload.length))));
      expect(whole).toEqual(entries.slice(0, whole.length));
      expect(whole.length).toBeLessThan(entries.length);
    });
  });

  test("that is garbled never throws", () => {
    const JUNK = ["\n", " ", "-", "9", "e", "d 1", "\n\n", "1e3", "-1", "NaN", "\0", "é"];
    eachSeed((chance) => {
      let payload = bundle(randomEntries(chance));
      for (let i = 0; i < 5; i++) {
        const at = Math.floor(chance.between(0, payload.length));
        payload = payload.slice(0, at) + chance.pick(JUNK) + payload.slice(at + Math.floor(chance.between(0, 3)));
      }
      read(payload);
    });
  });

  test("of this server, of another version, or that is none at all is passed over", () => {
    const entries: Entry[] = [{ type: "hint", room: { kind: "direct", id: 1 }, seq: 1, undeliveredTo: 2 }];
    expect(read(bundle(entries, OWN))).toEqual([]);
    expect(read(bundle(entries).replace("1 ", "2 "))).toEqual([]);
    for (const text of ["", "\n", "1\n", "1 \n", "{}", "1 other"]) expect(read(text)).toEqual([]);
  });

  test("brings what comes after an entry, a room or a signal of a kind that a later version knows", () => {
    const [before, after] = [1, 2].map((seq): Entry => hintOf(7, seq));
    for (const unknown of [
      "z g 7 4\nnews\n",
      "e c 7 1 - - 4\nnews\n",
      "e g 7 1 - ?9 4\nnews\n",
      "e g 7 1 - + 4\nnews\n",
      "u many 4\nnews\n",
    ])
      expect(read(bundle([before!]) + unknown + encodeEntry(after!))).toEqual([before!, after!]);
  });
});

describe("the outbox", () => {
  function outbox(maxLength = 256 * 1024) {
    const payloads: { subject: string; payload: string }[] = [];
    const wire = { maxLength, send: (subject: string, payload: string) => void payloads.push({ subject, payload }) };
    return { box: new BusOutbox(wire, OTHER), payloads, read: () => payloads.flatMap(({ payload }) => read(payload)) };
  }

  test("sends a turn's entries in one payload for rooms and one for users, where servers hear them", async () => {
    const { box, payloads } = outbox();
    const entries = [3, 19, 4, 35].map((id): Entry => hintOf(id, 1));
    for (const entry of [...entries, { type: "user", userId: 3, frame: "{}", version: null } as const]) box.add(entry);
    expect(payloads).toEqual([]);
    await new Promise(setImmediate);
    expect(payloads.map(({ subject, payload }) => [subject, read(payload).length])).toEqual([
      ["l.0", 4],
      ["u.0", 1],
    ]);
    for (const { subject } of payloads) expect(SUBJECTS as readonly string[]).toContain(subject);
  });

  test("never exceeds what the wire carries, in bytes, and loses nothing but the text of events that are too long", () => {
    eachSeed((chance) => {
      const maxLength = Math.floor(chance.between(200, 2_000));
      const sent = outbox(maxLength);
      const entries = Array.from({ length: 30 }, () => randomEntry(chance));
      for (const entry of entries) sent.box.add(entry);
      sent.box.flush();
      for (const { payload } of sent.payloads) expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(maxLength);
      const fits = (entry: Entry) => Buffer.byteLength(bundle([entry])) <= maxLength;
      const expected = entries.flatMap((entry): Entry[] => {
        if (fits(entry)) return [entry];
        if (entry.type !== "event") return [];
        const { room, seq, undeliveredTo } = entry.event;
        return [{ type: "hint", room, seq, undeliveredTo }];
      });
      const sorted = (list: Entry[]) => list.map((entry) => JSON.stringify(entry)).sort();
      expect(sorted(sent.read())).toEqual(sorted(expected));
      expect(sent.box.sent).toBe(expected.length);
      expect(sent.box.dropped).toBe(entries.length - expected.length);
    });
  });

  test("keeps the order of a room", () => {
    const { box, read } = outbox(300);
    const room: Room = { kind: "direct", id: 5 };
    const event = (seq: number): Entry => ({
      type: "event",
      event: { room, seq, frame: `"${"x".repeat(seq % 90)}"`, signal: null, undeliveredTo: null },
    });
    const entries = Array.from({ length: 100 }, (_, i) => event(i + 1));
    for (const entry of entries) box.add(entry);
    box.flush();
    expect(read()).toEqual(entries);
  });

  test("sends nothing of before once the history has changed", async () => {
    const { box, payloads } = outbox();
    box.add({ type: "user", userId: 1, frame: "{}", version: null });
    box.clear();
    await new Promise(setImmediate);
    expect(payloads).toEqual([]);
  });
});
