// A time that can't be parsed, such as an old server's mute into the year 10000: the SDK starts no timer for it.
import { afterAll, afterEach, expect, spyOn, test } from "bun:test";
import { Session } from "../../src/sdk/connection/session.ts";
import { RoomState } from "../../src/sdk/rooms/room-state.ts";
import type { Group } from "../../src/sdk/wire.ts";

const timers = spyOn(globalThis, "setTimeout");
afterEach(() => timers.mockClear());
afterAll(() => timers.mockRestore());

const ODD = ["10000-01-01T00:00:00.000000+00:00", "infinity", "", "Invalid Date"];

test.each(ODD)("a mute until %p starts no timer and stays in force", (muted_until) => {
  let changes = 0;
  const state = new RoomState("group:9", {
    me: () => ({ id: 2, username: "ali", email: "ali@example.com", created_at: "2026-01-13T17:00:29.317890+00:00" }),
    onChange: () => changes++,
    onInfoOutdated: () => {},
    onCountOutdated: () => {},
    onMessagesOutdated: () => {},
    onStored: () => {},
    onMessage: () => {},
  });
  const group = { id: 9, name: "Weekend", is_muted: true, muted_until, member_count: 2, last_message: null, seq: 3 };
  state.setRow(group as unknown as Group);
  expect(state.info).toMatchObject({ is_muted: true });
  expect(timers).not.toHaveBeenCalled();
  expect(changes).toBeLessThanOrEqual(1);
});

test.each(ODD)("a session that expires at %p is not renewed before the server ends it", (moment) => {
  const session = new Session("token", { renewToken: async () => "token", onToken: () => {} } as never);
  session.setExpiry(moment);
  expect(timers).not.toHaveBeenCalled();
});
