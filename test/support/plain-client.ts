// A client that follows docs/protocol.md and knows nothing of this repository: it reads pages over HTTP, and applies the events of rooms.
import type { Frame, Json, Socket, User } from "./client.ts";

/** What it holds of a room. */
export interface PlainRoom {
  seq: number;
  messages: Map<number, Json>;
  /** Of a group: what is shown of it, and its members. */
  group: Json;
  members: Map<number, Json>;
}

const QUOTE_LIMIT = 200;
const USERS_SHOWN = 10;

/** The room as it is read now. `connect` opens a socket on `/ws`. */
export async function readPlain(
  user: User,
  kind: "conversation" | "group",
  id: number,
  connect: () => Promise<Socket>,
): Promise<PlainRoom> {
  const socket = await connect();
  socket.send({ type: "resume", rooms: {} });
  const { data } = await socket.next("resumed");
  const { seq } = data.rooms[`${kind}:${id}`];
  const [page, group, members] = await Promise.all([
    user.get(kind === "group" ? `/groups/${id}/messages` : `/messages/${id}`),
    kind === "group" ? user.get(`/groups/${id}`) : null,
    kind === "group" ? user.get(`/groups/${id}/members`) : null,
  ]);
  await socket.close();
  return {
    seq,
    messages: new Map(page.body.data.map((message: Json) => [message.id, message])),
    group: group?.body.data ?? null,
    members: new Map(members?.body.data.map((member: Json) => [member.user_id, member]) ?? []),
  };
}

/** Asks for what the room has missed, and applies it; returns the frames. */
export async function resumePlain(room: PlainRoom, key: string, meId: number, socket: Socket): Promise<Frame[]> {
  socket.send({ type: "resume", rooms: { [key]: room.seq } });
  const frames: Frame[] = [];
  for (;;) {
    const frame = await socket.find("the replay", () => true);
    if (frame.type === "resumed") return frames;
    if (frame.seq === undefined || frame.seq <= room.seq) continue;
    frames.push(frame);
    applyPlain(room, frame, meId);
  }
}

export function applyPlain(room: PlainRoom, { type, seq, data }: Frame, meId: number) {
  if (seq !== room.seq + 1) throw new Error(`${seq} after ${room.seq}`);
  room.seq = seq;
  if (/(^|\.)message\.(new|updated|deleted)$/.test(type)) return putMessage(room, data);
  if (type.startsWith("reaction.")) return putReaction(room, data, type === "reaction.added", meId);
  if (type === "group.updated") {
    const { name, description, is_private, owner_id } = data;
    room.group = { ...room.group, name, description, is_private, owner_id };
  } else if (type === "group.member.left") {
    room.members.delete(data.user_id);
  } else if (type.startsWith("group.member.")) {
    const { user_id, username, role, is_muted, muted_until } = data;
    room.members.set(user_id, { ...room.members.get(user_id), user_id, username, role, is_muted, muted_until });
  }
}

function putMessage({ messages }: PlainRoom, message: Json) {
  // A frame without reactions changes nothing about them, and none says which are one's own; of a deleted message nothing is left.
  const held: Json[] = message.deleted_at === null ? (messages.get(message.id)?.reactions ?? []) : [];
  const isMine = (emoji: string) => held.some((one) => one.emoji === emoji && one.mine);
  const reactions: Json[] =
    message.reactions?.map((one: Json) => (isMine(one.emoji) ? { ...one, mine: true } : one)) ?? held;
  messages.set(message.id, { ...message, ...(reactions.length > 0 && { reactions }) });
  for (const [id, other] of messages) {
    if (other.reply_to?.id !== message.id) continue;
    const { kind: _, deleted_at: __, entities: ___, ...quote } = other.reply_to;
    const kind = message.attachments?.[0]?.kind;
    const entities = (message.entities ?? []).flatMap((entity: Json) => {
      const length = Math.min(entity.length, QUOTE_LIMIT - entity.offset);
      return length > 0 && entity.type !== "link" ? { ...entity, length } : [];
    });
    const reply_to = {
      ...quote,
      body: [...message.body].slice(0, QUOTE_LIMIT).join(""),
      ...(kind && { kind }),
      ...(entities.length > 0 && { entities }),
      ...(message.deleted_at && { deleted_at: message.deleted_at }),
    };
    messages.set(id, { ...other, reply_to });
  }
}

function putReaction({ messages }: PlainRoom, change: Json, isAdded: boolean, meId: number) {
  const message = messages.get(change.message_id);
  if (!message) return;
  const { reactions = [], ...rest } = message;
  const before = reactions.find(({ emoji }: Json) => emoji === change.emoji);
  const others = (before?.user_ids ?? []).filter((id: number) => id !== change.user_id);
  const mine = change.user_id === meId ? isAdded : before?.mine === true;
  const after = {
    emoji: change.emoji,
    count: change.count,
    user_ids: (isAdded ? [...others, change.user_id] : others)
      .sort((a: number, b: number) => a - b)
      .slice(0, USERS_SHOWN),
    ...(mine && { mine }),
  };
  const all = before
    ? reactions.flatMap((one: Json) => (one === before ? (change.count > 0 ? [after] : []) : [one]))
    : [...reactions, ...(change.count > 0 ? [after] : [])];
  messages.set(change.message_id, { ...rest, ...(all.length > 0 && { reactions: all }) });
}
