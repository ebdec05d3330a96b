// For each kind of durable event: what was read before it, and the event, lead to what is read after it. By the SDK, live and after a cut, and
// by a client that does no more than docs/protocol.md says.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { DURABLE_EVENTS, EVENT_KINDS, type EventKind } from "../../src/protocol/index.ts";
import type { RoomKey, RoomSnapshot } from "../../src/sdk/index.ts";
import { startFileServer, uploadForm } from "../support/files.ts";
import { type Answer, type Json, newPair, type User } from "../support/harness.ts";
import { until } from "../support/patience.ts";
import { readPlain, resumePlain } from "../support/plain-client.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { closeChats, look, openChat } from "./chats.ts";

type Kind = "conversation" | "group";

let server: Awaited<ReturnType<typeof startFileServer>>;
let proxy: TcpProxy;
beforeAll(async () => {
  server = await startFileServer();
  proxy = await TcpProxy.start(server.url);
});
afterAll(async () => {
  closeChats();
  await proxy.close();
  await server.close();
});

/** What is in a room before the event; `me` is who reads it. */
interface Scene {
  kind: Kind;
  id: number;
  path: string;
  me: User;
  /** The owner, in a group. */
  other: User;
  /** In a group two more, in a conversation nobody. */
  third: User | undefined;
  stranger: User;
  /** With a file and reactions of both; quoted by `reply`. */
  quoted: Json;
  /** By `other`, with formatting and a mention. */
  reply: Json;
  own: Json;
}

const done = async (answer: Promise<Answer>): Promise<Json> => {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(JSON.stringify(body));
  return body.data;
};
const emoji = (path: string, messageId: number, which: string) =>
  `${path}/${messageId}/reactions/${encodeURIComponent(which)}`;

async function scene(kind: Kind): Promise<Scene> {
  const stranger = await server.newUser();
  let [me, other, third, id]: [User?, User?, User?, number?] = [];
  if (kind === "group") {
    [me, other, third] = await Promise.all([server.newUser(), server.newUser(), server.newUser()]);
    id = (await other.post("/groups", { name: "Weekend", is_private: false })).body.group_id as number;
    for (const user of [me, third]) await done(other.post(`/groups/${id}/members`, { user_id: user.id }));
  } else {
    const { ali, veli, conversationId } = await newPair(server);
    [me, other, id] = [ali, veli, conversationId];
  }
  const path = kind === "group" ? `/groups/${id}/messages` : `/messages/${id}`;
  const file = (await uploadForm(server, other, new Blob(["hello"]))).body.data.id;
  const quoted = await done(other.post(path, { body: "Shall we?", attachments: [file] }));
  const own = await done(me.post(path, { body: "yes", reply_to: quoted.id }));
  const entities = [
    { type: "bold", offset: 0, length: 5 },
    { type: "mention", offset: 0, length: 5, user_id: me.id },
  ];
  const reply = await done(other.post(path, { body: "great, then", reply_to: quoted.id, entities }));
  for (const user of [me, other, third]) if (user) await done(user.put(emoji(path, quoted.id, "👍")));
  await done(me.put(emoji(path, reply.id, "🎉")));
  return { kind, id, path, me, other, third, stranger, quoted, reply, own };
}

const member = ({ id }: Scene, user: User, what = "") => `/groups/${id}/members/${user.id}${what}`;

/** What brings the event, for each kind of it. */
const ACTS: Record<EventKind, (scene: Scene) => Promise<unknown>> = {
  message: async ({ path, me, other, quoted, own }) => {
    const file = (await uploadForm(server, other, new Blob(["more"]))).body.data.id;
    await done(other.post(path, { body: "", attachments: [file], reply_to: own.id }));
    await done(me.post(path, { body: "hm", reply_to: quoted.id, entities: [{ type: "code", offset: 0, length: 2 }] }));
    await done(other.post(path, { body: "plain" }));
  },
  "message.updated": async ({ path, me, other, quoted, reply, own }) => {
    const formatting = [
      { type: "spoiler", offset: 198, length: 3 },
      { type: "link", offset: 200, length: 1, url: "https://example.com" },
    ];
    const cut = `${"x".repeat(199)}🎉🎉`;
    await done(other.put(`${path}/${quoted.id}`, { body: cut, entities: formatting }));
    await done(other.put(`${path}/${quoted.id}`, { body: cut, entities: formatting, attachments: [] }));
    await done(other.put(`${path}/${reply.id}`, { body: "plain" }));
    await done(me.put(`${path}/${own.id}`, { body: "yes!", entities: [{ type: "italic", offset: 0, length: 3 }] }));
  },
  "message.deleted": async ({ path, me, other, quoted, own }) => {
    await done(other.delete(`${path}/${quoted.id}`));
    await done(me.delete(`${path}/${own.id}`));
  },
  "reaction.added": async ({ path, me, other, quoted, reply, own }) => {
    await done(other.put(emoji(path, own.id, "❤️")));
    await done(me.put(emoji(path, own.id, "❤️")));
    await done(other.put(emoji(path, reply.id, "🎉")));
    await done(me.put(emoji(path, quoted.id, "😂")));
  },
  "reaction.removed": async ({ path, me, other, quoted, reply }) => {
    await done(me.delete(emoji(path, quoted.id, "👍")));
    await done(other.delete(emoji(path, quoted.id, "👍")));
    await done(me.delete(emoji(path, reply.id, "🎉")));
  },
  "group.updated": async ({ id, other }) => {
    await done(other.put(`/groups/${id}`, { name: "Renamed", description: "of all" }));
    await done(other.put(`/groups/${id}/visibility`, { is_private: true }));
  },
  "member.joined": (scene) =>
    done(scene.other.post(`/groups/${scene.id}/members`, { user_id: scene.stranger.id, role: "admin" })),
  "member.left": (scene) => done(scene.other.delete(member(scene, scene.third!))),
  "member.role": async (scene) => {
    await done(scene.other.put(member(scene, scene.third!, "/role"), { role: "admin" }));
    await done(scene.other.put(member(scene, scene.me, "/role"), { role: "owner" }));
  },
  "member.muted": async (scene) => {
    await done(scene.other.put(member(scene, scene.third!, "/mute")));
    await done(scene.other.put(member(scene, scene.me, "/mute"), { until: "2099-01-01T00:00:00Z" }));
  },
  "member.unmuted": (scene) => done(scene.other.put(member(scene, scene.third!, "/unmute"))),
};

/** What must be so for it to happen. */
const BEFORE: Partial<Record<EventKind, (scene: Scene) => Promise<unknown>>> = {
  "member.unmuted": ACTS["member.muted"],
};

const CASES = DURABLE_EVENTS.flatMap(({ kind, frames }) => {
  const rooms = "room" in frames ? ["direct", "group"] : Object.keys(frames);
  return rooms.map((room) => [kind, room === "direct" ? "conversation" : "group"] as [EventKind, Kind]);
});

test("every kind of durable event has a case", () => {
  expect(Object.keys(ACTS).toSorted()).toEqual(EVENT_KINDS.toSorted());
});

/** Of a snapshot, what both readers must have alike. Deliveries and what others have read are told by other events. */
const shown = ({ info, messages, members, events, hasOlder }: RoomSnapshot) => ({
  info: info && {
    ...info,
    last_message: info.last_message && { ...info.last_message, delivered_at: null },
  },
  messages: messages.map(({ state: _, ...message }) => message),
  members: members.map(({ delivered_seq: _, last_read_message_id: __, ...rest }: Json) => rest),
  events,
  hasOlder,
});

describe.each(CASES)("%s in a %s", (kind, room) => {
  test("an SDK that saw it, and one that was cut off meanwhile, show what a fresh one reads", async () => {
    const before = await scene(room);
    await BEFORE[kind]?.(before);
    const key: RoomKey = `${room}:${before.id}`;
    const [live, late] = await Promise.all([
      openChat(before.me, server.url).then((chat) => look(chat, key)),
      openChat(before.me, proxy.url).then((chat) => look(chat, key)),
    ]);
    const cut = proxy.silence("both");
    await ACTS[kind](before);
    cut();
    const fresh = await look(await openChat(before.me, server.url), key);
    for (const store of [live, late]) {
      const isSame = () => Bun.deepEquals(shown(store.getSnapshot()), shown(fresh.getSnapshot()));
      // What differs is said below.
      await until("it is the same", isSame).catch(() => {});
      expect(shown(store.getSnapshot())).toEqual(shown(fresh.getSnapshot()));
    }
  });

  test("a client that follows the guide ends with a fresh page", async () => {
    const before = await scene(room);
    await BEFORE[kind]?.(before);
    const connect = () => server.connect(before.me, "/ws");
    const stale = await readPlain(before.me, room, before.id, connect);
    await ACTS[kind](before);
    const socket = await connect();
    const frames = await resumePlain(stale, `${room}:${before.id}`, before.me.id, socket);
    await socket.close();
    const frame = DURABLE_EVENTS.find((event) => event.kind === kind)!.frames as Record<string, { type: string }>;
    const { type } = frame[room === "conversation" ? "direct" : "group"] ?? frame.room!;
    expect(frames.map((one) => one.type)).toContain(type);
    const fresh = await readPlain(before.me, room, before.id, connect);
    const plain = ({ seq, messages, group, members }: typeof fresh) => ({
      seq,
      messages: [...messages.values()].map((message) => ({ ...message, delivered_at: null })),
      group: group && [group.name, group.description, group.is_private, group.owner_id],
      members: [...members.values()]
        .map(({ user_id, username, role, is_muted, muted_until }) => [user_id, username, role, is_muted, muted_until])
        .sort(([a], [b]) => a - b),
    });
    expect(plain(stale)).toEqual(plain(fresh));
  });
});
