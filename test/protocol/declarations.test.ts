// What the declarations of events, replies and commands promise to all that derives from them.
import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { SOCKET_KINDS } from "../../src/protocol/define.ts";
// Knows the formats that the schemas name, such as `date-time`.
import "elysia";
import { groupDeleted, memberJoined } from "../../src/protocol/groups.ts";
import {
  COMMANDS,
  commandsOn,
  DURABLE_EVENTS,
  EVENT_KINDS,
  framesOn,
  SERVER_FRAMES,
} from "../../src/protocol/index.ts";
import { messageCreated } from "../../src/protocol/messages.ts";

const DIRECT = {
  id: 21,
  conversation_id: 1,
  sender_id: 2,
  body: "hello",
  client_id: null,
  seq: 5,
  created_at: "2026-01-13T17:00:29.317890+00:00",
  edited_at: null,
  deleted_at: null,
  delivered_at: null,
  read_at: null,
};

test("a kind is stored for one event alone", () => {
  expect(EVENT_KINDS.length).toBe(new Set(EVENT_KINDS).size);
});

test("a frame's type says on each socket what the frame is", () => {
  for (const socket of SOCKET_KINDS) {
    const types = framesOn(socket).map(({ type }) => type);
    expect([socket, types.length]).toEqual([socket, new Set(types).size]);
    const commands = COMMANDS.filter(({ schemas }) => schemas[socket]);
    expect([socket, commandsOn(socket).size]).toEqual([socket, commands.length]);
  }
});

test("only durable events have a position", () => {
  for (const { frame, isDurable } of SERVER_FRAMES)
    expect([frame.type, "seq" in frame.schema.properties]).toEqual([frame.type, isDurable]);
  for (const { kind, frames } of DURABLE_EVENTS)
    expect([kind, Object.keys(frames).every((room) => ["direct", "group", "room"].includes(room))]).toEqual([
      kind,
      true,
    ]);
});

test("an encoded frame fits its schema", () => {
  const { direct } = messageCreated.frames;
  const text = direct.encode(5, DIRECT);
  expect(text).toStartWith('{"type":"message.new","seq":5,"data":{"id":21,"conversation_id":1,');
  expect(Value.Check(direct.schema, JSON.parse(text))).toBe(true);
});

test("data that does not fit does not compile", () => {
  const { body: _, ...without } = DIRECT;
  // @ts-expect-error: a message without its text
  const incomplete = messageCreated.frames.direct.encode(5, without);
  expect(Value.Check(messageCreated.frames.direct.schema, JSON.parse(incomplete))).toBe(false);
  // @ts-expect-error: a message of a conversation in a group
  messageCreated.frames.group.encode(5, DIRECT);
  // @ts-expect-error: a group that is deleted leaves no position
  groupDeleted.frames.group.encode(5, { group_id: 9, actor_id: 2 });
  // @ts-expect-error: nobody joins a conversation
  expect(memberJoined.frames.direct).toBeUndefined();
});
