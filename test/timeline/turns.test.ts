// Changes wait in one queue, in which users take turns: who changes much waits for themselves alone.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { USER_RATES } from "../../src/lib/rate-limit.ts";
import { MAX_CHANGES_PER_USER } from "../../src/timeline/turns.ts";
import { expectRefusal, newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { openLocks } from "../support/room-lock.ts";

let server: TestServer;
let locks: ReturnType<typeof openLocks>;

beforeAll(async () => {
  server = await startServer({ lockTimeoutMs: 30_000 });
  locks = openLocks(server);
});
afterAll(async () => {
  await locks.close();
  await server.close();
});

/** Waits until so many messages and changes wait for the database. */
async function queued(count: number) {
  while (server.core.timeline.queued !== count) await Bun.sleep(2);
}

test("who has too many changes under way is told to slow down, and everybody else's come in turn with theirs", async () => {
  const blocked = await newGroup(server);
  const flooded = await newPair(server);
  const quiet = await newPair(server);
  const path = `/messages/${flooded.conversationId}`;
  const { id } = (await flooded.ali.post(path, { body: "hello" })).body.data;
  const mine = (await quiet.ali.post(`/messages/${quiet.conversationId}`, { body: "hello" })).body.data;

  // A change that waits for the database holds up the queue, so that what comes meanwhile is all there.
  const release = await locks.holdRoom(blocked.groupId);
  const first = blocked.owner.put(`/groups/${blocked.groupId}`, { name: "Sunday" });
  await locks.queued(1);
  const edits = Array.from({ length: MAX_CHANGES_PER_USER + 10 }, (_, i) =>
    flooded.ali.put(`${path}/${id}`, { body: `edit ${i}` }),
  );
  await queued(MAX_CHANGES_PER_USER + 1);
  const edit = quiet.ali.put(`/messages/${quiet.conversationId}/${mine.id}`, { body: "edited" });
  await queued(MAX_CHANGES_PER_USER + 2);
  await release();

  expect([(await first).status, (await edit).status]).toEqual([200, 200]);
  const answers = await Promise.all(edits);
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused).toHaveLength(10);
  for (const answer of refused) expectRefusal(answer, 429, "slow_down");
  const rows = await locks.sql<{ room_id: number }[]>`
    select room_id from events where kind = 'message.updated' order by id`;
  expect(rows.map(({ room_id }) => room_id).indexOf(quiet.conversationId)).toBeLessThanOrEqual(1);
});

test("edits and deletions count as messages, in conversations and groups", async () => {
  const limited = await startServer({ rateLimits: true });
  try {
    const { burst } = USER_RATES.send;
    const change = async (method: "put" | "delete", path: string, user: Awaited<ReturnType<TestServer["newUser"]>>) => {
      const { id } = (await user.post(path, { body: "hello" })).body.data;
      const body = method === "put" ? { body: "edited" } : undefined;
      // Requests have a higher bound.
      return Promise.all(Array.from({ length: burst * 2 }, () => user[method](`${path}/${id}`, body)));
    };
    const { ali, veli, conversationId } = await newPair(limited);
    const { owner, others, groupId } = await newGroup(limited, 2);
    const all = await Promise.all([
      change("put", `/messages/${conversationId}`, ali),
      change("delete", `/messages/${conversationId}`, veli),
      change("put", `/groups/${groupId}/messages`, owner),
      change("delete", `/groups/${groupId}/messages`, others[0]!),
    ]);
    for (const answers of all) {
      expect(answers.some(({ status }) => status === 200)).toBe(true);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThan(0);
      for (const answer of refused) expectRefusal(answer, 429, "slow_down");
    }
  } finally {
    await limited.close();
  }
});
