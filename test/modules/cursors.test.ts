// Whatever `next_cursor` gives out is taken back: every list, one row a page, of people with the longest names there are.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { users } from "../../src/db/schema.ts";
import { startServer, type TestServer, type User } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

// The last one is the longest that NFKC makes of 50 characters.
const LETTERS = ["ж", "字", "ก", "ע", "𐐨", "ﷺ"];

/** Reads a list to its end by its cursors. */
async function pagesOf(user: User, path: string) {
  const all: { id?: number; user_id?: number }[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { status, body } = await user.get(`${path}${path.includes("?") ? "&" : "?"}limit=1&cursor=${cursor}`);
    expect({ path, status, body }).toMatchObject({ status: 200 });
    all.push(...body.data);
    cursor = body.next_cursor;
  }
  return all.map(({ id, user_id }) => (id ?? user_id)!).sort((a, b) => a - b);
}

/** People whose names have 50 characters and differ in the last two. */
async function newPeople(letter: string, count: number) {
  const people = await Promise.all(Array.from({ length: count }, () => server.newUser()));
  for (const [index, { id }] of people.entries()) {
    const username = letter.repeat(48) + String(index).padStart(2, "0");
    await server.core.db
      .update(users)
      .set({ username, usernameKey: username.normalize("NFKC").toLowerCase() })
      .where(eq(users.id, id));
  }
  return people;
}

describe.each(LETTERS)("of people whose names are 48 times %s", (letter) => {
  test("every list is read to its end by its own cursors", async () => {
    const [ali, ...others] = await newPeople(letter, 4);
    const ids = others.map(({ id }) => id).sort((a, b) => a - b);
    const groupIds: number[] = [];
    for (const other of others) {
      await ali!.post(`/friends/requests/${other.id}`);
      await other.post(`/friends/requests/${ali!.id}`);
      await ali!.post(`/conversations/${other.id}`);
      groupIds.push((await ali!.post("/groups", { name: letter.repeat(50), is_private: false })).body.group_id);
      await ali!.post(`/groups/${groupIds[0]}/members`, { user_id: other.id });
    }
    expect(await pagesOf(ali!, `/users?query=${encodeURIComponent(letter.repeat(20))}`)).toEqual(ids);
    expect(await pagesOf(ali!, "/friends")).toEqual(ids);
    expect(await pagesOf(ali!, "/conversations")).toHaveLength(3);
    expect(await pagesOf(ali!, "/groups")).toEqual(groupIds);
    expect(await pagesOf(ali!, "/groups/my")).toEqual(groupIds);
    expect(await pagesOf(ali!, "/groups/public")).toEqual(expect.arrayContaining(groupIds));
    expect(await pagesOf(ali!, `/groups/${groupIds[0]}/members`)).toEqual([ali!.id, ...ids].sort((a, b) => a - b));
    for (const other of others) await ali!.put(`/blocks/${other.id}`);
    expect(await pagesOf(ali!, "/blocks")).toEqual(ids);
  });
});

describe("a history", () => {
  test.each(["", "page=0", "before=9007199254740991", "after=FIRST"])(
    "asked with %p goes on by its cursor to its end",
    async (query) => {
      const ali = await server.newUser();
      const { body } = await ali.post("/groups", { name: "Weekend" });
      const path = `/groups/${body.group_id}/messages`;
      const ids: number[] = [];
      for (let n = 0; n < 4; n++) ids.push((await ali.post(path, { body: `m${n}` })).body.data.id);
      // An id that is of no message has no place, so that nothing is before it.
      const isNowhere = query.startsWith("before");
      const expected = isNowhere ? [] : query.startsWith("after") ? ids.slice(1) : ids;
      const all = [];
      for (let cursor: string | null = null, n = 0; n < 5; n++) {
        const at: string = cursor ? `&cursor=${cursor}` : "";
        const page = await ali.get(`${path}?limit=1&${query.replace("FIRST", String(ids[0]))}${at}`);
        expect(page.status).toBe(200);
        all.push(...page.body.data.map(({ id }: { id: number }) => id));
        cursor = page.body.next_cursor;
        if (cursor === null) break;
      }
      expect(all.sort((a, b) => a - b)).toEqual(expected);
    },
  );

  test.each(["0", "-1", "1.5", "abc", "1e3", "9007199254740992", "%00", "WzFd"])(
    "with the cursor %s, which no page gave, answers 422",
    async (cursor) => {
      const ali = await server.newUser();
      const { body } = await ali.post("/groups", { name: "Weekend" });
      const answer = await ali.get(`/groups/${body.group_id}/messages?cursor=${cursor}`);
      expect(answer.status).toBe(422);
      expect(answer.body.code).toBe("invalid");
    },
  );
});
