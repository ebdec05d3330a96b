// What people get who stand in some relation to a room, for every call about its messages: formatting, replies, files, reactions, mentions,
// search and the page around a message. What each gets follows from the table of permissions. A new operation fails here until it has a
// row.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type GroupAction, PERMISSIONS } from "../../src/protocol/permissions.ts";
import { readDocument } from "../docs/document.ts";
import { callRaw, startFileServer, uploadForm } from "../support/files.ts";
import { type Answer, type Json, newPair, type User } from "../support/harness.ts";
import { indexed } from "../support/search-index.ts";

let server: Awaited<ReturnType<typeof startFileServer>>;
beforeAll(async () => {
  server = await startFileServer({ search: true });
});
afterAll(() => server.close());

type Kind = "conversation" | "group";

/** A room, and somebody in some relation to it. */
interface Scene {
  kind: Kind;
  id: number;
  path: string;
  actor: User;
  other: User;
  /** By `other`: it has an image, mentions the actor and has a reaction of theirs. */
  message: number;
  /** Its word is in no other room. */
  word: string;
  image: number;
  /** By the actor, as far as they ever could write. */
  own: number | null;
  /** The actor's, in no message. */
  file: number;
}

/** Who the actor is; `outside` says what outsiders get, `silent` what those get who may not write. */
interface Standing {
  kind: Kind;
  isPrivate?: true;
  outside?: "not_found" | "forbidden";
  silent?: "muted" | "blocked" | "forbidden";
  isStranger?: true;
  /** Whether they hide from themselves what the other one says to them. */
  isBlocking?: true;
  become?(scene: Scene): Promise<Answer>;
}

const member = ({ id, actor }: Scene, what = "") => `/groups/${id}/members/${actor.id}${what}`;
const remove = (scene: Scene) => scene.other.delete(member(scene));
const leave = (scene: Scene) => scene.actor.delete(member(scene));
const block = (by: User, whom: User) => by.put(`/blocks/${whom.id}`);

const STANDINGS: Record<string, Standing> = {
  "a member": { kind: "group" },
  "a muted member": { kind: "group", silent: "muted", become: (scene) => scene.other.put(member(scene, "/mute")) },
  "a stranger to a public group": { kind: "group", outside: "forbidden", isStranger: true },
  "a stranger to a private group": { kind: "group", isPrivate: true, outside: "not_found", isStranger: true },
  "somebody removed from a public group": { kind: "group", outside: "forbidden", become: remove },
  "somebody removed from a private group": { kind: "group", isPrivate: true, outside: "not_found", become: remove },
  "somebody who left a public group": { kind: "group", outside: "forbidden", become: leave },
  "somebody who left a private group": { kind: "group", isPrivate: true, outside: "not_found", become: leave },
  "somebody banned": {
    kind: "group",
    outside: "forbidden",
    become: ({ id, other, actor }) => other.put(`/groups/${id}/bans/${actor.id}`),
  },
  "one of two": { kind: "conversation" },
  "one who blocks the other": {
    kind: "conversation",
    silent: "blocked",
    isBlocking: true,
    become: ({ actor, other }) => block(actor, other),
  },
  "one whom the other blocks": {
    kind: "conversation",
    silent: "forbidden",
    become: ({ actor, other }) => block(other, actor),
  },
  "a stranger to two": { kind: "conversation", outside: "not_found", isStranger: true },
};

interface Call {
  /** Of the OpenAPI document, in conversations and in groups. */
  operations: string[];
  /** As which it is judged; what is `file` or `found` is hidden from outsiders. */
  action: GroupAction | "file" | "found";
  ask(scene: Scene): Promise<Answer>;
  isRepeatable?: true;
  /** What a member gets when the message that it is about has been deleted. */
  deleted: "not_found" | "message_deleted" | "nothing" | "as ever";
}

const SEND = ["sendMessage", "sendGroupMessage"];
const REACT = ["addReaction", "addGroupReaction"];
const clientId = "0b9f1f5e-6f0b-4d3f-9a51-3a1c2f6f8a10";
const send = (fields: (scene: Scene) => object) => (scene: Scene) =>
  scene.actor.post(scene.path, { body: "hello", client_id: clientId, ...fields(scene) });
const reaction = ({ path, message }: Scene, emoji: string) =>
  `${path}/${message}/reactions/${encodeURIComponent(emoji)}`;
const bold = { type: "bold", offset: 0, length: 5 };

const CALLS: Record<string, Call> = {
  "a formatted message": {
    operations: SEND,
    action: "sendMessage",
    ask: send(() => ({ entities: [bold] })),
    isRepeatable: true,
    deleted: "as ever",
  },
  "a mention": {
    operations: SEND,
    action: "sendMessage",
    ask: send(({ other }) => ({ entities: [{ ...bold, type: "mention", user_id: other.id }] })),
    isRepeatable: true,
    deleted: "as ever",
  },
  "a reply": {
    operations: SEND,
    action: "sendMessage",
    ask: send(({ message }) => ({ reply_to: message })),
    isRepeatable: true,
    deleted: "not_found",
  },
  "a message with a file": {
    operations: SEND,
    action: "sendMessage",
    ask: send(({ file }) => ({ attachments: [file] })),
    isRepeatable: true,
    deleted: "as ever",
  },
  "an edit with formatting": {
    operations: ["editMessage", "editGroupMessage"],
    action: "editMessage",
    ask: ({ actor, path, own, message }) => actor.put(`${path}/${own ?? message}`, { body: "other", entities: [bold] }),
    isRepeatable: true,
    deleted: "as ever",
  },
  "a deletion": {
    operations: ["deleteMessage", "deleteGroupMessage"],
    action: "deleteOwnMessage",
    ask: ({ actor, path, own, message }) => actor.delete(`${path}/${own ?? message}`),
    isRepeatable: true,
    deleted: "as ever",
  },
  "a reaction": {
    operations: REACT,
    action: "react",
    ask: (scene) => scene.actor.put(reaction(scene, "🎉")),
    isRepeatable: true,
    deleted: "message_deleted",
  },
  "taking a reaction back": {
    operations: ["removeReaction", "removeGroupReaction"],
    action: "removeOwnReaction",
    ask: (scene) => scene.actor.delete(reaction(scene, "👍")),
    isRepeatable: true,
    deleted: "nothing",
  },
  "who has reacted": {
    operations: ["listReactions", "listGroupReactions"],
    action: "readGroup",
    ask: ({ actor, path, message }) => actor.get(`${path}/${message}/reactions`),
    deleted: "nothing",
  },
  "the newest page": {
    operations: ["listMessages", "listGroupMessages"],
    action: "readGroup",
    ask: ({ actor, path }) => actor.get(path),
    deleted: "as ever",
  },
  "the page around a message": {
    operations: ["listMessages", "listGroupMessages"],
    action: "readGroup",
    ask: ({ actor, path, message }) => actor.get(`${path}?around=${message}`),
    deleted: "as ever",
  },
  "a file": {
    operations: ["getFileContent"],
    action: "file",
    ask: ({ actor, image }) => callRaw(server, actor, "GET", `/files/${image}/content`),
    deleted: "not_found",
  },
  "a thumbnail": {
    operations: ["getFileThumbnail"],
    action: "file",
    ask: ({ actor, image }) => callRaw(server, actor, "GET", `/files/${image}/thumbnail`),
    deleted: "not_found",
  },
  mentions: {
    operations: ["listMentions"],
    action: "found",
    ask: ({ actor }) => actor.get("/mentions?kind=mention"),
    deleted: "nothing",
  },
  search: {
    operations: ["searchMessages"],
    action: "found",
    ask: async ({ actor, word }) => {
      await indexed(server.core.sql);
      return actor.get(`/search?query=${word}`);
    },
    deleted: "nothing",
  },
};

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** `fileKind`: images take a process each to decode. */
async function scene(
  { kind, isPrivate = undefined, isStranger, become }: Standing,
  fileKind: "file" | "image" = "file",
): Promise<Scene> {
  let [actor, other, id]: [User?, User?, number?] = [];
  if (kind === "group") {
    [actor, other] = await Promise.all([server.newUser(), server.newUser()]);
    const group = await other.post("/groups", { name: "Matrix", is_private: isPrivate === true });
    id = group.body.group_id as number;
    if (!isStranger) await other.post(`/groups/${id}/members`, { user_id: actor.id });
  } else {
    const { ali, veli, conversationId } = await newPair(server);
    [actor, other, id] = [isStranger ? await server.newUser() : ali, veli, conversationId];
  }
  const path = kind === "group" ? `/groups/${id}/messages` : `/messages/${id}`;
  const word = `w${crypto.randomUUID().replaceAll("-", "")}`;
  const newFile = async (owner: User) =>
    (await uploadForm(server, owner, new Blob([PIXEL]), "pixel.png", { kind: fileKind })).body.data.id as number;
  const image = await newFile(other);
  const entities = [{ type: "mention", offset: 0, length: word.length, user_id: actor.id }];
  const message = (await other.post(path, { body: word, entities, attachments: [image] })).body.data.id as number;
  const own = isStranger ? null : ((await actor.post(path, { body: "mine" })).body.data.id as number);
  const file = await newFile(actor);
  const made = { kind, id, path, actor, other, message, word, image, own, file };
  if (!isStranger) await actor.put(reaction(made, "👍"));
  const became = await become?.(made);
  if (became && became.status >= 300) throw new Error(JSON.stringify(became.body));
  return made;
}

const seqOf = async ({ id }: Scene): Promise<number> =>
  (await server.core.sql`select last_seq from rooms where id = ${id}`)[0]!.last_seq;

const countOf = ({ body }: Answer): number => body.data.length;

function expected({ action }: Call, { outside, silent }: Standing): string | number | null {
  if (action === "file") return outside ? "not_found" : null;
  if (action === "found") return outside ? 0 : 1;
  if (outside) return outside;
  return silent && "unlessMuted" in PERMISSIONS[action] ? silent : null;
}

/** A call's code, null for none; of what is found, how much that is. */
const outcomeOf = ({ action }: Call, answer: Answer): string | number | null =>
  answer.status >= 400 ? answer.body.code : action === "found" ? countOf(answer) : null;

const STANDS = Object.entries(STANDINGS);
const fileKindOf = (name: string) => (name === "a thumbnail" ? "image" : "file");

describe.each(Object.entries(CALLS))("%s", (name, call) => {
  test.each(STANDS)("by %s", async (_, standing) => {
    const made = await scene(standing, fileKindOf(name));
    const before = await seqOf(made);
    const outcome = outcomeOf(call, await call.ask(made));
    // What people whom one blocks say is in nobody's inbox.
    const isHidden = name === "mentions" && standing.isBlocking;
    expect(outcome).toBe(isHidden ? 0 : expected(call, standing));
    if (typeof outcome === "string") expect(await seqOf(made)).toBe(before);
  });

  test("about a message that was deleted", async () => {
    for (const standing of [STANDINGS["a member"]!, STANDINGS["one of two"]!]) {
      const made = await scene(standing, fileKindOf(name));
      await made.other.delete(`${made.path}/${made.message}`);
      const before = await seqOf(made);
      const answer = await call.ask(made);
      const { deleted } = call;
      if (deleted === "as ever") {
        expect(outcomeOf(call, answer)).toBe(expected(call, standing));
        if (answer.body.data.length === undefined) continue;
        const found = answer.body.data.find(({ id }: Json) => id === made.message);
        for (const field of ["attachments", "entities", "reactions"]) expect(found[field]).toBeUndefined();
        expect(found.body).toBe("");
      } else {
        expect(outcomeOf(call, answer)).toBe(deleted === "nothing" ? (call.action === "found" ? 0 : null) : deleted);
        if (call.action === "readGroup") expect(countOf(answer)).toBe(0);
        expect(await seqOf(made)).toBe(before);
      }
    }
  });
});

test.each(Object.entries(CALLS).filter(([, { isRepeatable }]) => isRepeatable))(
  "%s, the same once more, changes nothing",
  async (_, call) => {
    for (const standing of [STANDINGS["a member"]!, STANDINGS["one of two"]!]) {
      const made = await scene(standing);
      const first = await call.ask(made);
      const before = await seqOf(made);
      const again = await call.ask(made);
      expect([again.status, again.body.data.id]).toEqual([200, first.body.data.id]);
      expect(await seqOf(made)).toBe(before);
    }
  },
);

test.each(["a muted member", "one who blocks the other", "one whom the other blocks"])(
  "%s gets what they sent before when they send it once more",
  async (name) => {
    const { become, ...standing } = STANDINGS[name]!;
    for (const call of Object.values(CALLS).filter(({ operations }) => operations === SEND)) {
      const made = await scene(standing);
      const first = await call.ask(made);
      await become!(made);
      const again = await call.ask(made);
      expect([again.status, again.body.data?.id]).toEqual([200, first.body.data.id]);
    }
  },
);

test("every operation about messages and their files has a row", async () => {
  const { operations } = await readDocument(server);
  const isOfMessages = (path: string) =>
    /^\/(groups\/\{group_id\}\/)?messages\//.test(`${path}/`) || path === "/search" || path === "/mentions";
  const isDownload = (path: string) => /^\/files\/\{file_id\}\/./.test(path);
  const about = operations.filter(({ path }) => isOfMessages(path) || isDownload(path));
  const known = new Set(Object.values(CALLS).flatMap((call) => call.operations));
  expect(new Set(about.map(({ operation }) => operation.operationId))).toEqual(known);
});
