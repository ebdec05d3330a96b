// One's own account, and finding people.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { expectInvalid, MOMENT, startServer, type TestServer, type User } from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const namesOf = (answer: { body: { data: { username: string }[] } }) =>
  answer.body.data.map(({ username }) => username);
const search = (user: User, query: string, more = "") => user.get(`/users?query=${encodeURIComponent(query)}${more}`);

describe("GET /me", () => {
  test("shows one's own account", async () => {
    const user = await server.newUser();
    const { status, body } = await user.get("/me");
    expect(status).toBe(200);
    expect(body).toEqual({
      data: {
        id: user.id,
        username: user.username,
        email: `${user.username}@example.com`,
        created_at: expect.stringMatching(MOMENT),
      },
    });
  });
});

describe("GET /users", () => {
  test("finds people by the beginning of their name in any capitals, sorted, without oneself", async () => {
    const me = await server.newUser("Marmara");
    for (const name of ["marie", "Mara", "MARTIN", "amar"]) await server.newUser(name);
    const answer = await search(me, "mAR");
    expect(answer.status).toBe(200);
    expect(namesOf(answer)).toEqual(["Mara", "marie", "MARTIN"]);
    expect(answer.body.next_cursor).toBeNull();
  });

  test("shows of a person the id and the name, and no more", async () => {
    const [me, other] = await Promise.all([server.newUser(), server.newUser("shown_person")]);
    const { body } = await search(me, "shown_");
    expect(body).toEqual({ data: [{ id: other.id, username: "shown_person" }], next_cursor: null });
  });

  test("takes the database's wildcards literally", async () => {
    const me = await server.newUser();
    for (const name of ["wild_card", "wildxcard"]) await server.newUser(name);
    expect(namesOf(await search(me, "wild_"))).toEqual(["wild_card"]);
    for (const query of ["%", "wild%", "_", "\\", "wild\\"]) expect(namesOf(await search(me, query))).toEqual([]);
  });

  test("finds a name however its letters are written", async () => {
    const me = await server.newUser();
    await server.newUser("Žofie");
    expect(namesOf(await search(me, "z\u030c"))).toEqual(["Žofie"]);
  });

  test("goes on page by page with the cursor, each person once", async () => {
    const me = await server.newUser();
    const names = ["paged_a", "paged_b", "paged_c", "paged_d", "paged_e"];
    for (const name of names) await server.newUser(name);
    const pages: string[][] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const answer = await search(me, "paged_", `&limit=2${cursor && `&cursor=${cursor}`}`);
      pages.push(namesOf(answer));
      cursor = answer.body.next_cursor;
    }
    expect(pages).toEqual([["paged_a", "paged_b"], ["paged_c", "paged_d"], ["paged_e"]]);
  });

  test("hides someone from those whom they block, and from nobody else", async () => {
    const [blocker, blocked, other] = await Promise.all([
      server.newUser("hidden_one"),
      server.newUser(),
      server.newUser(),
    ]);
    await blocker.put(`/blocks/${blocked.id}`);
    expect(namesOf(await search(blocked, "hidden_one"))).toEqual([]);
    expect(namesOf(await search(other, "hidden_one"))).toEqual(["hidden_one"]);
    expect(namesOf(await search(blocker, blocked.username))).toEqual([blocked.username]);
  });

  test.each(["", "?query=", `?query=${"a".repeat(51)}`, "?query=%00", "?query[]=a"])(
    "refuses the search %p at its field",
    async (search) => {
      const user = await server.newUser();
      expectInvalid(await user.get(`/users${search}`), "query");
    },
  );
});
