// Contact that nobody asked for: a "no" to a friend request holds for a day, and asking, or beginning conversations, has rates.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expectRefusal, startServer, type TestServer } from "../../support/harness.ts";

let server: TestServer;
let strict: TestServer;
beforeAll(async () => {
  [server, strict] = await Promise.all([startServer(), startServer({ rateLimits: true })]);
});
afterAll(() => Promise.all([server.close(), strict.close()]));

async function declined() {
  const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
  const { body } = await ali.post(`/friends/requests/${veli.id}`);
  expect((await veli.post(`/requests/${body.data.id}/decline`)).status).toBe(200);
  return { ali, veli, requestId: body.data.id as number };
}

test("a declined request is not made again within a day, by id or by name, and tells nobody", async () => {
  const { ali, veli } = await declined();
  const socket = await server.connect(veli, "/ws");
  await socket.ready();
  for (const friend of [veli.id, veli.username]) {
    const { retry_after } = expectRefusal(await ali.post(`/friends/requests/${friend}`), 429, "slow_down");
    expect(retry_after).toBeWithin(86_000, 86_401);
  }
  await socket.expectSilence();
  await socket.close();
  expect((await veli.get("/friends/requests")).body.data).toEqual([]);
});

test("the one who declined may ask at any time", async () => {
  const { ali, veli } = await declined();
  expect((await veli.post(`/friends/requests/${ali.id}`)).status).toBe(201);
  // And then the other one's request is an answer.
  expect((await ali.post(`/friends/requests/${veli.id}`)).body.data.status).toBe("accepted");
});

test("after a day a declined request may be made again", async () => {
  const { ali, veli, requestId } = await declined();
  await server.core.sql`
    update friend_requests set answered_at = clock_timestamp() - interval '1 day' where id = ${requestId}`;
  expect((await ali.post(`/friends/requests/${veli.id}`)).status).toBe(201);
});

test("a request made, taken back and made again is slowed down, and requests to others are not", async () => {
  const [ali, veli, can] = await Promise.all([strict.newUser(), strict.newUser(), strict.newUser()]);
  let made = 0;
  for (; made < 10; made++) {
    const answer = await ali.post(`/friends/requests/${veli.id}`);
    if (answer.status !== 201) {
      expectRefusal(answer, 429, "slow_down");
      break;
    }
    expect((await ali.delete(`/requests/${answer.body.data.id}`)).status).toBe(200);
  }
  expect(made).toBeWithin(1, 6);
  expect((await ali.post(`/friends/requests/${can.id}`)).status).toBe(201);
  // Not for the other side either.
  expect((await veli.post(`/friends/requests/${ali.id}`)).status).toBe(201);
});

test("requests to one person after the other are slowed down", async () => {
  const ali = await strict.newUser();
  const people = await Promise.all(Array.from({ length: 60 }, () => strict.newUser()));
  const statuses = [];
  for (const { id } of people) statuses.push((await ali.post(`/friends/requests/${id}`)).status);
  expect(statuses.filter((status) => status === 201).length).toBeWithin(30, 60);
  expect(statuses.at(-1)).toBe(429);
});

test("conversations with one stranger after the other are slowed down; with friends, and those that are there, are not", async () => {
  const ali = await strict.newUser();
  const people = await Promise.all(Array.from({ length: 70 }, () => strict.newUser()));
  const friend = people.pop()!;
  await ali.post(`/friends/requests/${friend.id}`);
  await friend.post(`/friends/requests/${ali.id}`);
  const statuses = [];
  for (const { id } of people) statuses.push((await ali.post(`/conversations/${id}`)).status);
  expect(statuses.filter((status) => status === 200).length).toBeWithin(40, 69);
  expectRefusal(await ali.post(`/conversations/${people.at(-1)!.id}`), 429, "slow_down");
  expect((await people.at(-1)!.get("/conversations")).body.data).toEqual([]);
  expect((await ali.post(`/conversations/${people[0]!.id}`)).status).toBe(200);
  expect((await ali.post(`/conversations/${friend.id}`)).status).toBe(200);
});
