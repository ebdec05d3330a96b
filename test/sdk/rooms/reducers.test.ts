// Each durable event that the protocol declares, applied to a room of the SDK.
import { expect, test } from "bun:test";
import type { TSchema } from "@sinclair/typebox";
import type { Frame } from "../../../src/protocol/define.ts";
import { DURABLE_EVENTS } from "../../../src/protocol/index.ts";
import { reducerOf } from "../../../src/sdk/rooms/reducers.ts";
import { RoomState } from "../../../src/sdk/rooms/room-state.ts";
import type { Conversation, Group, RoomEvent, RoomKey } from "../../../src/sdk/wire.ts";

const EARLIER = "2026-01-13T17:00:29.317890+00:00";
const LATER = "2026-01-13T17:00:30.000000+00:00";
const ME = { id: 77, username: "ece", email: "ece@example.com", created_at: EARLIER };
const SEQ = 4;

/** What the schema gives as an example; each time is `LATER`. */
function exampleOf(schema: TSchema): unknown {
  if (schema.format === "date-time") return LATER;
  if (schema.anyOf) return exampleOf(schema.anyOf[0]);
  if (schema.type === "object")
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, field]) => [name, exampleOf(field as TSchema)]),
    );
  return schema.const ?? schema.examples?.[0];
}

const FRAMES = DURABLE_EVENTS.flatMap(({ frames, isActivity }) =>
  Object.entries<Frame>(frames).map(([room, { type, schema }]) => {
    const data = { ...(exampleOf(schema.properties.data!) as object), seq: SEQ };
    return { type, room, isActivity, event: { type, seq: SEQ, data } as unknown as RoomEvent };
  }),
);

/** A room that stands before the event. */
function roomFor(kind: string): RoomState {
  const key: RoomKey = kind === "direct" ? "conversation:1" : "group:9";
  const ignore = () => {};
  const state = new RoomState(key, {
    me: () => ME,
    onChange: ignore,
    onInfoOutdated: ignore,
    onCountOutdated: ignore,
    onMessagesOutdated: ignore,
    onStored: ignore,
    onMessage: ignore,
  });
  const common = { last_message: null, unread_count: 0, seq: SEQ - 1, last_activity_at: EARLIER, created_at: EARLIER };
  const row =
    kind === "direct"
      ? ({ id: 1, peer: { id: 2, username: "veli" }, ...common } satisfies Conversation)
      : ({
          id: 9,
          name: "Weekend",
          member_count: 3,
          is_muted: false,
          muted_until: null,
          ...common,
        } as unknown as Group);
  state.setRow(row);
  state.join(SEQ - 1);
  return state;
}

test.each(FRAMES)("$type, as the protocol declares it, is accepted by its reducer", ({ event }) => {
  expect(reducerOf(event)).not.toBeNull();
});

test.each(FRAMES)("$type moves its room up in the list if it does on the server", ({ event, room, isActivity }) => {
  const state = roomFor(room);
  state.applyEvent(event);
  expect(state.info).toMatchObject({ seq: SEQ, last_activity_at: isActivity ? LATER : EARLIER });
});

test("names of object properties are no event types", () => {
  for (const type of ["constructor", "toString", "__proto__"])
    expect(reducerOf({ type, seq: SEQ, data: { id: 1, seq: 1 } } as never)).toBeNull();
});
