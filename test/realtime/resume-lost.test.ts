// Which rooms a `resumed` names as lost: those that are not the user's at the moment when it is sent.
import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { newGroup, startServer, type TestServer } from "../support/harness.ts";
import { resume } from "../support/resuming.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** Lets the next resume stop before it reads how its rooms stand; `reached` says that it is there. */
function pauseResume() {
  const { replayReader } = server.core;
  const read = replayReader.roomStatesOf.bind(replayReader);
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  let arrive = () => {};
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const spy = spyOn(replayReader, "roomStatesOf").mockImplementation(async (userId, ids) => {
    arrive();
    await gate;
    spy.mockRestore();
    return read(userId, ids);
  });
  return { reached, release };
}

test("one who is added back to a group while they resume is told that it is theirs, and not that it is lost", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const [back] = others;
  await owner.delete(`/groups/${groupId}/members/${back!.id}`);
  const { reached, release } = pauseResume();
  const socket = await resume(server, back!, "/ws", { rooms: { [`group:${groupId}`]: 1, "group:999999": 1 } });
  await reached;
  await owner.post(`/groups/${groupId}/members`, { user_id: back!.id });
  await owner.post(`/groups/${groupId}/messages`, { body: "welcome back" });
  release();
  expect((await socket.nextOf("room.joined", "resumed")).data).toMatchObject({ room: `group:${groupId}` });
  expect((await socket.nextOf("group.message.new", "resumed", "room.left")).data.body).toBe("welcome back");
  expect((await socket.next("resumed")).data).toMatchObject({ lost: ["group:999999"], more: false });
});

test("one who is removed from a group while they resume is told that it is lost", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const [gone] = others;
  const { reached, release } = pauseResume();
  const socket = await resume(server, gone!, "/ws", { rooms: { [`group:${groupId}`]: 1 } });
  await reached;
  await owner.delete(`/groups/${groupId}/members/${gone!.id}`);
  release();
  expect((await socket.next("resumed")).data).toMatchObject({ rooms: {}, lost: [`group:${groupId}`] });
});
