// A wall clock that is set back an hour: what is a duration goes on as if nothing had happened.
import { afterAll, afterEach, beforeAll, expect, setSystemTime, test } from "bun:test";
import { newPair, startServer, type TestServer } from "../support/harness.ts";

const TIMES = { sweep: 20, auth: 200, resume: 200, typing: 200 };

let server: TestServer;
beforeAll(async () => {
  server = await startServer({}, undefined, TIMES);
});
afterAll(() => server.close());
afterEach(() => {
  setSystemTime();
});
const setBack = () => setSystemTime(new Date(Date.now() - 3_600_000));

test("who does not say who they are is closed in time", async () => {
  const stranger = await server.connect(null, "/ws");
  setBack();
  expect(await stranger.closed).toEqual({ code: 1008, reason: "unauthorized" });
});

test("typing that is not repeated ends", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const [a, v] = await Promise.all([ali, veli].map(async (user) => (await server.connect(user, "/ws")).ready()));
  a!.send({ type: "typing.start", conversation_id: conversationId });
  await v!.next("typing.start");
  setBack();
  await v!.next("typing.stop");
});

test("live events stop waiting for a resume that was announced and never comes", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const socket = await (
    await server.connect(null, `/ws/conversations/${conversationId}?resume=1&token=${ali.token}`)
  ).ready();
  setBack();
  await veli.post(`/messages/${conversationId}`, { body: "hello" });
  expect((await socket.next("message.new")).data.body).toBe("hello");
});

test("friends are told who has gone", async () => {
  const { ali, veli } = await newPair(server);
  const { body } = await ali.post(`/friends/requests/${veli.id}`);
  await veli.post(`/requests/${body.data.id}/accept`);
  const watcher = await (await server.connect(veli, "/ws")).ready();
  const socket = await (await server.connect(ali, "/ws")).ready();
  await watcher.next("presence", ({ data }) => data.user_id === ali.id && data.online);
  await socket.close();
  setBack();
  await watcher.next("presence", ({ data }) => data.user_id === ali.id && !data.online);
});
