// One rule, one answer: what a command and its HTTP call are refused with is the same, whoever asks and whatever the room is.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newGroup, newPair, startServer, type TestServer, type User } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const BODY = { body: "hello" };
/** A command on `/ws` and the HTTP call that does the same. */
const GROUP_PAIRS = [
  ["group.message.send", BODY, (user: User, id: number) => user.post(`/groups/${id}/messages`, BODY)],
  [
    "group.read",
    { last_message_id: 1 },
    (user: User, id: number) => user.put(`/groups/${id}/members/me/read`, { last_message_id: 1 }),
  ],
] as const;

const ROOMS: [string, string, () => Promise<{ user: User; id: number }>][] = [
  [
    "a public group that one is not in",
    "forbidden",
    async () => ({ user: await server.newUser(), id: (await newGroup(server, 1, { is_private: false })).groupId }),
  ],
  [
    "a public group that one was removed from",
    "forbidden",
    async () => {
      const { owner, others, groupId } = await newGroup(server, 2, { is_private: false });
      await owner.delete(`/groups/${groupId}/members/${others[0]!.id}`);
      return { user: others[0]!, id: groupId };
    },
  ],
  [
    "a public group that one is banned from",
    "forbidden",
    async () => {
      const { owner, others, groupId } = await newGroup(server, 2, { is_private: false });
      await owner.put(`/groups/${groupId}/bans/${others[0]!.id}`);
      return { user: others[0]!, id: groupId };
    },
  ],
  [
    "a private group that one is not in",
    "not_found",
    async () => ({ user: await server.newUser(), id: (await newGroup(server, 1)).groupId }),
  ],
  [
    "a private group that one has left",
    "not_found",
    async () => {
      const { others, groupId } = await newGroup(server, 2);
      await others[0]!.post(`/groups/${groupId}/leave`);
      return { user: others[0]!, id: groupId };
    },
  ],
  ["a group that is not there", "not_found", async () => ({ user: await server.newUser(), id: 999_999_999 })],
  [
    "a conversation in the place of a group",
    "not_found",
    async () => {
      const { ali, conversationId } = await newPair(server);
      return { user: ali, id: conversationId };
    },
  ],
];

const CASES = ROOMS.flatMap(([room, code, scene]) =>
  GROUP_PAIRS.map(([type, fields, ask]) => [type, room, code, scene, fields, ask] as const),
);

test.each(CASES)(
  "%s in %s is refused with %s on the socket and over HTTP",
  async (type, _, code, scene, fields, ask) => {
    const { user, id } = await scene();
    const answer = await ask(user, id);
    expect(answer.body.code).toBe(code);
    const socket = await server.connect(user, "/ws");
    await socket.ready();
    socket.send({ type, group_id: id, ...fields, ref: "1" });
    const error = await socket.next("error");
    expect({ code: error.code, detail: error.detail }).toEqual({ code: answer.body.code, detail: answer.body.detail });
    socket.send({ type: "typing.start", group_id: id, ref: "2" });
    expect((await socket.next("error")).code).toBe(code);
    await socket.close();
  },
);

test("a message that is not in one's own group is not found, on the socket and over HTTP", async () => {
  const { owner, groupId } = await newGroup(server, 1, { is_private: false });
  const answer = await owner.put(`/groups/${groupId}/members/me/read`, { last_message_id: 999_999_999 });
  const socket = await server.connect(owner, "/ws");
  await socket.ready();
  socket.send({ type: "group.read", group_id: groupId, last_message_id: 999_999_999, ref: "1" });
  const { code, detail } = await socket.next("error");
  expect({ code, detail }).toEqual({ code: answer.body.code, detail: answer.body.detail });
  expect(detail).toBe("The message was not found.");
  await socket.close();
});
