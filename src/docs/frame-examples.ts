// An example or more of every frame. The schemas' own examples make most of them; here stands what they can't know: which of
// two fields is meant, and what sets one event apart from its neighbours. Tests hold each against its schema.
import type { Frame } from "./frames.ts";
import { exampleOf, type JsonSchema } from "./schemas.ts";

interface Example {
  summary?: string;
  payload: Record<string, unknown>;
}

const LATER = "2026-01-13T17:05:11.040219+00:00";
const EVE = "2026-01-14T08:00:00.000000+00:00";
const position = { user_id: 2, read_seq: 18, delivered_seq: 20 };
const otherPosition = { user_id: 3, read_seq: 20, delivered_seq: 20 };
const standing = { seq: 20, unread_count: 2, members: [position, otherPosition] };
const inConversation = { conversation_id: 1 };
const inGroup = { group_id: 9 };
const epoch = "pX3vN0yLr5cWq2Zt";
const clientId = { client_id: "0b9f1f5e-6f0b-4d3f-9a51-3a1c2f6f8a10" };
const edited = { ...clientId, body: "hello!", edited_at: LATER };
const deleted = { ...clientId, body: "", deleted_at: LATER };

/** By key: the frame's fields that differ from the schema's examples (`data` field by field). */
const CHANGES: Record<string, Record<string, unknown>> = {
  "event.message.new": { data: clientId },
  "event.group.message.new": { data: clientId },
  "event.message.updated": { seq: 6, data: edited },
  "event.message.deleted": { seq: 7, data: deleted },
  "event.group.message.updated": { seq: 6, data: edited },
  "event.group.message.deleted": { seq: 7, data: deleted },
  "event.group.updated": { seq: 9 },
  "event.group.member.joined": { seq: 8 },
  "event.group.member.left": { seq: 13, data: { actor_id: 3, actor_name: "veli" } },
  "event.group.member.role": { seq: 10, data: { role: "admin" } },
  "event.group.member.muted": { seq: 11, data: { is_muted: true, muted_until: EVE } },
  "event.group.member.unmuted": { seq: 12 },
  "event.friend.accepted": { data: { status: "accepted" } },
  "event.friend.declined": { data: { status: "declined" } },
};

/** By key: where a frame has several forms worth seeing, or its parts tell too little. */
const WHOLE: Record<string, [summary: string, fields: object][]> = {
  "account.command.typing.start": [
    ["In a conversation", inConversation],
    ["In a group", inGroup],
  ],
  "account.command.typing.stop": [
    ["In a conversation", inConversation],
    ["In a group", inGroup],
  ],
  "account.command.resume": [["Two rooms at once", { rooms: { "conversation:1": 20, "group:9": 4 }, epoch, ref: "1" }]],
  "event.typing.start": [
    ["In a conversation", { data: { ...inConversation, user_id: 2, username: "ali" } }],
    ["In a group", { data: { ...inGroup, user_id: 2, username: "ali" } }],
  ],
  "event.typing.stop": [["In a conversation", { data: { ...inConversation, user_id: 2, username: "ali" } }]],
  "event.room.joined": [
    ["Added to a group", { data: { room: "group:9", ...inGroup, seq: 8 } }],
    ["Somebody began a conversation", { data: { room: "conversation:1", ...inConversation, seq: 0 } }],
  ],
  "event.room.left": [["Removed, or left", { data: { room: "group:9", ...inGroup } }]],
  "event.presence": [
    ["Came online", { data: { user_id: 3, online: true, last_seen_at: "2026-01-13T17:00:29.317890+00:00" } }],
    ["Has gone", { data: { user_id: 3, online: false, last_seen_at: LATER } }],
  ],
  "answer.ack": [
    ["Of a read position", { ref: "2", data: { last_message_id: 21, updated_count: 5 } }],
    ["Of `auth`", { ref: "3", data: { expires_at: "2026-01-14T17:00:29.317000+00:00" } }],
    ["Of anything else", { ref: "4", data: {} }],
  ],
  "answer.error": [
    ["Not there", { ref: "1", code: "not_found", detail: "The conversation was not found." }],
    [
      "Fails validation",
      {
        ref: "2",
        code: "invalid",
        detail: "body: is required",
        errors: [{ field: "body", message: "is required" }],
      },
    ],
    ["Too fast", { code: "slow_down", detail: "Too many messages; try again in 1 s.", retry_after: 1 }],
  ],
  "answer.resync": [["A group", { data: { room: "group:9", ...inGroup, seq: 4107 } }]],
  "account.answer.resumed": [
    [
      "All rooms, one of those named lost",
      {
        data: {
          rooms: { "conversation:1": standing, "group:9": { seq: 4, unread_count: 0, members: [position] } },
          lost: ["group:7"],
          more: false,
          epoch,
        },
      },
    ],
  ],
  "room.answer.resumed": [
    ["On a conversation's socket", { data: { ...inConversation, ...standing, epoch } }],
    ["On a group's socket", { data: { ...inGroup, ...standing, epoch } }],
  ],
};

/** What the room's own socket makes needless. */
const NEEDLESS = ["conversation_id", "group_id"];

/** Examples of a frame: at least one. `payload` is its public schema, `shapes` what that refers to. */
export function examplesOf(frame: Frame, payload: JsonSchema, shapes: Record<string, JsonSchema>): Example[] {
  const whole = WHOLE[frame.key]?.map(([summary, fields]) => ({ summary, payload: { type: frame.type, ...fields } }));
  if (whole && frame.key !== "answer.ack") return whole;
  const example = exampleOf(payload, shapes) as Record<string, unknown>;
  if (frame.key === "answer.ack") {
    const data = { ...(exampleOf(shapes.DirectMessage!, shapes) as object), ...clientId };
    return [{ summary: "Of a message", payload: { ...example, data } }, ...whole!];
  }
  if (frame.role === "command" && !frame.channels.includes("account"))
    for (const name of NEEDLESS) if (!payload.required?.includes(name)) delete example[name];
  const { data, ...rest } = CHANGES[frame.key] ?? {};
  return [
    { payload: { ...example, ...rest, ...(example.data ? { data: { ...example.data, ...(data as object) } } : {}) } },
  ];
}
