// Friend requests and friendships, and what happens when several people act on the same pair at once.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectRefusal, MOMENT, startServer, type TestServer, type User } from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const people = (count: number) => Promise.all(Array.from({ length: count }, () => server.newUser()));
const two = async () => (await people(2)) as [User, User];
const ask = (from: User, to: User) => from.post(`/friends/requests/${to.id}`);
const asPerson = ({ id, username }: User) => ({ id, username });
const friendIds = async (user: User) => (await user.get("/friends")).body.data.map(({ id }: { id: number }) => id);
const requestIds = async (user: User, direction: string) =>
  (await user.get(`/friends/requests?direction=${direction}`)).body.data.map(({ id }: { id: number }) => id);
const statusesOf = (answers: { status: number }[]) => answers.map(({ status }) => status).sort();

async function asked() {
  const [ali, veli] = await two();
  const { body } = await ask(ali, veli);
  return { ali, veli, requestId: body.data.id as number };
}

async function friends() {
  const { ali, veli, requestId } = await asked();
  await veli.post(`/requests/${requestId}/accept`);
  return { ali, veli };
}

describe("asking", () => {
  test("answers 201 with the request, which both sides then see", async () => {
    const [ali, veli] = await two();
    const { status, body } = await ask(ali, veli);
    expect(status).toBe(201);
    const request = body.data;
    expect(body).toEqual({
      data: {
        id: expect.any(Number),
        sender: asPerson(ali),
        receiver: asPerson(veli),
        status: "pending",
        created_at: expect.stringMatching(MOMENT),
      },
    });
    expect((await veli.get("/friends/requests")).body).toEqual({ data: [request], next_cursor: null });
    expect((await ali.get("/friends/requests?direction=outgoing")).body).toEqual({
      data: [request],
      next_cursor: null,
    });
    expect(await requestIds(ali, "incoming")).toEqual([]);
    expect(await requestIds(veli, "outgoing")).toEqual([]);
    expect(await friendIds(ali)).toEqual([]);
  });

  test("takes a username in any capitals for an id", async () => {
    const [ali, veli] = await two();
    const { status, body } = await ali.post(`/friends/requests/${veli.username.toUpperCase()}`);
    expect(status).toBe(201);
    expect(body.data.receiver).toEqual(asPerson(veli));
  });

  test("twice is refused while the first waits", async () => {
    const { ali, veli } = await asked();
    expectRefusal(await ask(ali, veli), 409, "already_requested");
  });

  test("a friend is refused, from either side", async () => {
    const { ali, veli } = await friends();
    expectRefusal(await ask(ali, veli), 409, "already_friends");
    expectRefusal(await ask(veli, ali), 409, "already_friends");
  });

  test("oneself makes no sense", async () => {
    const user = await server.newUser();
    expectRefusal(await ask(user, user), 400, "bad_request");
    expectRefusal(await user.post(`/friends/requests/${user.username}`), 400, "bad_request");
  });

  test.each(["999999999", "nobody_by_this_name", "0", "-1", "9007199254740993", "1e3"])(
    "%s, who isn't there, is not found",
    async (friend) => {
      const user = await server.newUser();
      expectRefusal(await user.post(`/friends/requests/${friend}`), 404, "not_found");
    },
  );

  test("someone who has asked already makes you friends at once", async () => {
    const { ali, veli, requestId } = await asked();
    const { status, body } = await ask(veli, ali);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ id: requestId, status: "accepted", sender: asPerson(ali) });
    expect(await friendIds(ali)).toEqual([veli.id]);
    expect(await friendIds(veli)).toEqual([ali.id]);
    expect(await requestIds(veli, "incoming")).toEqual([]);
  });

  test("each other at the same moment makes you friends, exactly once", async () => {
    const pairs = await Promise.all(Array.from({ length: 10 }, two));
    await Promise.all(
      pairs.map(async ([ali, veli]) => {
        const answers = await Promise.all([ask(ali, veli), ask(veli, ali)]);
        expect(statusesOf(answers)).toEqual([201, 201]);
        expect(answers.map(({ body }) => body.data.status).sort()).toEqual(["accepted", "pending"]);
        expect(await friendIds(ali)).toEqual([veli.id]);
        expect(await friendIds(veli)).toEqual([ali.id]);
        for (const user of [ali, veli]) {
          expect(await requestIds(user, "incoming")).toEqual([]);
          expect(await requestIds(user, "outgoing")).toEqual([]);
        }
      }),
    );
  });

  test("ten times at once leaves one request", async () => {
    const [ali, veli] = await two();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(ali, veli)));
    expect(statusesOf(answers)).toEqual([201, ...Array(9).fill(409)]);
    expect(await requestIds(veli, "incoming")).toHaveLength(1);
  });
});

describe("answering", () => {
  test("yes makes friends of both, and the request is done with", async () => {
    const { ali, veli, requestId } = await asked();
    const { status, body } = await veli.post(`/requests/${requestId}/accept`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ id: requestId, status: "accepted" });
    const since = expect.stringMatching(MOMENT);
    expect((await ali.get("/friends")).body).toEqual({
      data: [{ ...asPerson(veli), friends_since: since, online: false, last_seen_at: null }],
      next_cursor: null,
    });
    expect((await veli.get("/friends")).body.data).toMatchObject([{ ...asPerson(ali), friends_since: since }]);
    expect(await requestIds(veli, "incoming")).toEqual([]);
  });

  test("no makes nobody friends, and who said it may ask in turn", async () => {
    const { ali, veli, requestId } = await asked();
    const { status, body } = await veli.post(`/requests/${requestId}/decline`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ id: requestId, status: "declined" });
    expect(await friendIds(ali)).toEqual([]);
    expect(await requestIds(veli, "incoming")).toEqual([]);
    expect((await ask(veli, ali)).status).toBe(201);
  });

  test.each(["accept", "decline"])("%s is for the one who was asked alone", async (answer) => {
    const { ali, veli, requestId } = await asked();
    const stranger = await server.newUser();
    for (const user of [ali, stranger]) {
      expectRefusal(await user.post(`/requests/${requestId}/${answer}`), 404, "not_found");
    }
    expectRefusal(await veli.post(`/requests/999999999/${answer}`), 404, "not_found");
    expect(await requestIds(veli, "incoming")).toEqual([requestId]);
  });

  test("what was answered stays answered", async () => {
    for (const first of ["accept", "decline"]) {
      const { ali, veli, requestId } = await asked();
      await veli.post(`/requests/${requestId}/${first}`);
      for (const next of ["accept", "decline"]) {
        expectRefusal(await veli.post(`/requests/${requestId}/${next}`), 409, "already_answered");
      }
      expectRefusal(await ali.delete(`/requests/${requestId}`), 409, "already_answered");
    }
  });

  test("yes ten times at once: one is told 200, the others that it was answered", async () => {
    const { ali, veli, requestId } = await asked();
    const answers = await Promise.all(Array.from({ length: 10 }, () => veli.post(`/requests/${requestId}/accept`)));
    expect(statusesOf(answers)).toEqual([200, ...Array(9).fill(409)]);
    for (const answer of answers.filter(({ status }) => status === 409)) expectRefusal(answer, 409, "already_answered");
    expect(await friendIds(ali)).toEqual([veli.id]);
  });

  test("yes and no at once: one of them counts", async () => {
    const { ali, veli, requestId } = await asked();
    const [yes, no] = await Promise.all(
      ["accept", "decline"].map((answer) => veli.post(`/requests/${requestId}/${answer}`)),
    );
    expect(statusesOf([yes!, no!])).toEqual([200, 409]);
    expect(await friendIds(ali)).toEqual(yes!.status === 200 ? [veli.id] : []);
  });
});

describe("taking a request back", () => {
  test("removes it for both, and it can be made again", async () => {
    const { ali, veli, requestId } = await asked();
    const { status, body } = await ali.delete(`/requests/${requestId}`);
    expect(status).toBe(200);
    expect(body).toEqual({ detail: expect.any(String) });
    expect(await requestIds(ali, "outgoing")).toEqual([]);
    expectRefusal(await veli.post(`/requests/${requestId}/accept`), 404, "not_found");
    expectRefusal(await ali.delete(`/requests/${requestId}`), 404, "not_found");
    expect((await ask(ali, veli)).status).toBe(201);
  });

  test("is for the one who asked alone", async () => {
    const { veli, requestId } = await asked();
    const stranger = await server.newUser();
    for (const user of [veli, stranger]) expectRefusal(await user.delete(`/requests/${requestId}`), 404, "not_found");
    expect(await requestIds(veli, "incoming")).toEqual([requestId]);
  });

  test("while it is accepted: they are friends if and only if that was answered 200", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, asked));
    await Promise.all(
      all.map(async ({ ali, veli, requestId }) => {
        const [accepted, taken] = await Promise.all([
          veli.post(`/requests/${requestId}/accept`),
          ali.delete(`/requests/${requestId}`),
        ]);
        expect([accepted.status === 200, taken.status === 200].filter(Boolean)).toHaveLength(1);
        expect(await friendIds(ali)).toEqual(accepted.status === 200 ? [veli.id] : []);
      }),
    );
  });
});

describe("ending a friendship", () => {
  test("ends it on both sides, whoever does it, and they may ask again", async () => {
    const { ali, veli } = await friends();
    const { status, body } = await veli.delete(`/friends/${ali.id}`);
    expect(status).toBe(200);
    expect(body).toEqual({ detail: expect.any(String) });
    expect(await friendIds(ali)).toEqual([]);
    expect(await friendIds(veli)).toEqual([]);
    expect((await ask(ali, veli)).status).toBe(201);
  });

  test("that is none is not found", async () => {
    const { ali, veli } = await friends();
    const stranger = await server.newUser();
    expectRefusal(await ali.delete(`/friends/${stranger.id}`), 404, "not_found");
    expectRefusal(await ali.delete("/friends/999999999"), 404, "not_found");
    expectRefusal(await ali.delete(`/friends/${ali.id}`), 404, "not_found");
    await ali.delete(`/friends/${veli.id}`);
    expectRefusal(await ali.delete(`/friends/${veli.id}`), 404, "not_found");
  });
});

describe("the lists", () => {
  test("of friends and of requests go on page by page, each entry once", async () => {
    const [me, ...others] = (await people(6)) as [User, ...User[]];
    for (const other of others) await ask(other, me);
    const pages = async (path: string) => {
      const found: number[][] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const { body } = await me.get(`${path}?limit=2${cursor && `&cursor=${cursor}`}`);
        found.push(body.data.map((row: { id: number }) => row.id));
        cursor = body.next_cursor;
      }
      expect(found.map((page) => page.length)).toEqual([2, 2, 1]);
      return found.flat();
    };
    const requests = await pages("/friends/requests");
    expect(requests).toEqual([...requests].sort((a, b) => b - a)); // Newest first.
    expect(new Set(requests).size).toBe(5);
    for (const id of requests) await me.post(`/requests/${id}/accept`);
    expect(await pages("/friends")).toEqual(others.map(({ id }) => id).sort((a, b) => a - b));
  });

  test("say that there is nothing more when a page ends with the last entry", async () => {
    const { ali, veli } = await friends();
    await ask(await server.newUser(), veli);
    for (const path of ["/friends?limit=1", "/friends/requests?limit=1"]) {
      const { body } = await veli.get(path);
      expect(body.data).toHaveLength(1);
      expect(body.next_cursor).toBeNull();
    }
    expect(await friendIds(ali)).toEqual([veli.id]);
  });

  test("refuse a direction that there is none of", async () => {
    const user = await server.newUser();
    expectRefusal(await user.get("/friends/requests?direction=sideways"), 422, "invalid");
  });
});
