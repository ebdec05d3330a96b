// One's own account, and finding people.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  expectInvalid,
  expectRefusal,
  MOMENT,
  newGroup,
  newPair,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";

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

const PROFILE = { display_name: "Ece Öz", status: { text: "Away" } };
const one = (user: User, idOrName: number | string) => user.get(`/users/${encodeURIComponent(idOrName)}`);
const many = (user: User, ...ids: unknown[]) => user.get(`/users?ids=${encodeURIComponent(ids.join(","))}`);

describe("GET /users/{user}", () => {
  test("shows a person by id and by name, in any capitals", async () => {
    const [me, other] = await Promise.all([server.newUser(), server.newUser("One_Person")]);
    await other.put("/me", PROFILE);
    const person = { id: other.id, username: "One_Person", ...PROFILE };
    for (const user of [other.id, "one_person", "One_Person"])
      expect((await one(me, user)).body).toEqual({ data: person });
    expect((await one(other, other.id)).body).toEqual({ data: person });
  });

  test.each([999_999_998, "nobody_there", "99999999999999999999", "%"])("%p is not found", async (user) => {
    expectRefusal(await one(await server.newUser(), user), 404, "not_found");
  });

  test("hides from strangers whom they block, and shows of members of the same room their names alone", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const stranger = await server.newUser();
    await owner.put("/me", PROFILE);
    for (const blocked of [others[0]!, stranger]) await owner.put(`/blocks/${blocked.id}`);
    expectRefusal(await one(stranger, owner.id), 404, "not_found");
    expectRefusal(await one(stranger, owner.username), 404, "not_found");
    const names = { id: owner.id, username: owner.username, display_name: PROFILE.display_name };
    expect((await one(others[0]!, owner.id)).body.data).toEqual(names);
    await others[0]!.post(`/groups/${groupId}/leave`);
    expectRefusal(await one(others[0]!, owner.id), 404, "not_found");
    // One sees those whom one blocks oneself.
    expect((await one(owner, stranger.id)).status).toBe(200);
  });
});

describe("GET /users?ids=", () => {
  test("shows oneself, friends, and the members of one's rooms by id, and nobody else", async () => {
    const { ali, veli } = await newPair(server);
    const { owner, others, groupId } = await newGroup(server, 3, { is_private: false });
    const [friend, stranger, asker] = await Promise.all([server.newUser(), server.newUser(), server.newUser()]);
    await ali.post(`/groups/${groupId}/join`);
    await ali.post(`/friends/requests/${friend.id}`);
    await friend.post(`/friends/requests/${ali.id}`);
    await asker.post(`/friends/requests/${ali.id}`);
    await veli.put("/me", PROFILE);
    const known = [ali, veli, owner, ...others, friend];
    const asked = [...known, stranger, asker].map(({ id }) => id).toSorted((a, b) => b - a);
    const { body } = await many(ali, ...asked, 999_999_998, ali.id);
    expect(body.next_cursor).toBeNull();
    expect(body.data).toEqual(
      known
        .map(({ id, username }) => ({ id, username, ...(id === veli.id && PROFILE) }))
        .toSorted((a, b) => a.id - b.id),
    );
  });

  test("ends with the room and the friendship", async () => {
    const { owner, others, groupId } = await newGroup(server, 3);
    const [removed, member] = others as [User, User];
    const friend = await server.newUser();
    await friend.post(`/friends/requests/${member.id}`);
    await member.post(`/friends/requests/${friend.id}`);
    const idsFor = async (user: User) =>
      (await many(user, owner.id, removed.id, member.id, friend.id)).body.data.map(({ id }: { id: number }) => id);
    expect(await idsFor(removed)).toEqual([owner.id, removed.id, member.id].toSorted((a, b) => a - b));
    await owner.delete(`/groups/${groupId}/members/${removed.id}`);
    expect(await idsFor(removed)).toEqual([removed.id]);
    expect(await idsFor(owner)).not.toContain(removed.id);
    expect(await idsFor(friend)).toContain(member.id);
    await member.delete(`/friends/${friend.id}`);
    expect(await idsFor(friend)).toEqual([friend.id]);
  });

  test("of those who block one it shows the names alone, as every list does", async () => {
    const { ali: blocker, veli: blocked, conversationId } = await newPair(server);
    const { body } = await blocker.post("/groups", { name: "Both" });
    await blocker.post(`/groups/${body.group_id}/members`, { user_id: blocked.id });
    await blocker.put("/me", PROFILE);
    await blocker.put(`/blocks/${blocked.id}`);
    await blocked.put(`/blocks/${blocker.id}`);
    const seen = async (viewer: User) => [
      (await many(viewer, blocker.id)).body.data[0],
      (await viewer.get("/conversations")).body.data.find(({ id }: { id: number }) => id === conversationId)?.peer,
      (await viewer.get(`/groups/${body.group_id}/members`)).body.data.find(
        (member: { user_id: number }) => member.user_id === blocker.id,
      ),
    ];
    for (const person of [...(await seen(blocked)), (await blocked.get("/blocks")).body.data[0]]) {
      expect(person.display_name).toBe(PROFILE.display_name);
      expect(person.status).toBeUndefined();
    }
    expect((await many(blocker, blocker.id)).body.data[0].status).toEqual(PROFILE.status);
    await blocker.delete(`/blocks/${blocked.id}`);
    for (const person of await seen(blocked)) expect(person.status).toEqual(PROFILE.status);
  });

  test.each(["", "0", "1,", ",1", "1,,2", "x", "1 ,2", "-1", "1.5", "9007199254740992"])("refuses %p", async (ids) => {
    expectInvalid(await many(await server.newUser(), ids), "ids");
  });

  test("takes up to 100 ids, and no query beside them", async () => {
    const user = await server.newUser();
    const ids = Array.from({ length: 101 }, (_, i) => i + 1);
    expect((await many(user, ...ids.slice(1))).status).toBe(200);
    expectInvalid(await many(user, ...ids), "ids");
    expectInvalid(await user.get("/users?ids=1&query=a"), "ids");
  });
});
