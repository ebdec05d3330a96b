// Clocks that are set, or stand still: a dead connection is detected by the clock that has moved further.
import { afterEach, expect, spyOn, test } from "bun:test";
import { now, since } from "../../src/sdk/clock.ts";
import { chatOf, closeChats, FakeSocket, isOpen, until } from "./chats.ts";

const real = { monotonic: performance.now.bind(performance), wall: Date.now };
const monotonic = spyOn(performance, "now");
const wall = spyOn(Date, "now");

afterEach(() => {
  closeChats();
  monotonic.mockImplementation(real.monotonic);
  wall.mockImplementation(real.wall);
  FakeSocket.made = [];
});

const ME = { id: 1, username: "ali", email: "ali@example.com", created_at: "" };
const fetch = async (url: string) => {
  const body = JSON.stringify({ data: url.endsWith("/me") ? ME : [], next_cursor: null });
  return { ok: true, status: 200, text: async () => body };
};

test("since takes the larger of both differences", () => {
  wall.mockReturnValue(5_000_000);
  monotonic.mockReturnValue(1_000);
  const then = now();
  monotonic.mockReturnValue(4_000);
  expect(since(then)).toBe(3_000);
  wall.mockReturnValue(1_400_000);
  expect(since(then)).toBe(3_000);
  wall.mockReturnValue(5_020_000);
  expect(since(then)).toBe(20_000);
  expect(since(null)).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  ["the wall clock is set back an hour", () => wall.mockImplementation(() => real.wall() - 3_600_000)],
  ["the wall clock stands still", () => wall.mockReturnValue(real.wall())],
  ["the monotonic clock stands still", () => monotonic.mockReturnValue(real.monotonic())],
])("a silent connection is dropped although %s", async (_, set) => {
  const options = { WebSocket: FakeSocket, fetch, heartbeatMs: 40, responseTimeoutMs: 40 };
  const chat = chatOf({ token: "token-1" }, "http://chat.test", options);
  await isOpen(chat);
  set();
  await until(chat.connection, "given up", ({ state }) => state === "waiting");
  expect(FakeSocket.made[0]!.sent.at(-1)).toEqual({ type: "ping" });
});
