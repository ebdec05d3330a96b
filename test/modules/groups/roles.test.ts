// Who may do what to whom: every action of a group, by every role, on every rank.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type Answer,
  expectInvalid,
  expectRefusal,
  newGroup,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** A group with two of each rank but the owner's; those outside are no part of it. */
async function createUsers(isPrivate = true) {
  const { owner, others, groupId } = await newGroup(server, 5, { is_private: isPrivate });
  const [admin, admin2, member, member2] = others as [User, User, User, User];
  for (const { id } of [admin, admin2]) await owner.put(`/groups/${groupId}/members/${id}/role`, { role: "admin" });
  const outsider = await server.newUser();
  return { owner, admin, admin2, member, member2, outsider, groupId, path: `/groups/${groupId}` };
}
type Cast = Awaited<ReturnType<typeof createUsers>>;

const ACTORS = ["owner", "admin", "member", "outsider"] as const;
type Actor = (typeof ACTORS)[number];
type Target = "owner" | "admin2" | "member2";

const act =
  (method: "get" | "post" | "put" | "delete", rest: string, body?: object) =>
  (actor: User, { path }: Cast): Promise<Answer> =>
    actor[method](path + rest, body);
/** An action on somebody: `rest` follows their id in the path. */
const on =
  (target: Target, method: "put" | "delete", rest = "", body?: object) =>
  (actor: User, scene: Cast): Promise<Answer> =>
    actor[method](`${scene.path}/members/${scene[target].id}${rest}`, body);
const messageOf =
  (author: Target | Actor, method: "put" | "delete", body?: object) =>
  async (actor: User, scene: Cast): Promise<Answer> => {
    const sent = await scene[author].post(`${scene.path}/messages`, { body: "x" });
    return actor[method](`${scene.path}/messages/${sent.body.data.id}`, body);
  };

type Action = (actor: User, scene: Cast) => Promise<Answer>;
// What the owner, an admin, a member and an outsider of a private group are answered.
const TABLE: [string, Action, number, number, number, number][] = [
  ["see the group", act("get", ""), 200, 200, 200, 404],
  ["see its members", act("get", "/members"), 200, 200, 200, 404],
  ["read its messages", act("get", "/messages"), 200, 200, 200, 404],
  ["mark it read", act("put", "/members/me/read"), 200, 200, 200, 404],
  ["send", act("post", "/messages", { body: "hello" }), 201, 201, 201, 404],
  ["rename it", act("put", "", { name: "New" }), 200, 200, 403, 404],
  ["describe it", act("put", "", { description: "New" }), 200, 200, 403, 404],
  ["open it to everyone", act("put", "/visibility", { is_private: false }), 200, 403, 403, 404],
  ["delete it", act("delete", ""), 200, 403, 403, 404],
  ["leave it", act("post", "/leave"), 409, 200, 200, 404],
  [
    "add somebody",
    (actor, { outsider, path }) => actor.post(`${path}/members`, { user_id: outsider.id }),
    201,
    201,
    403,
    404,
  ],
  ["remove the owner", on("owner", "delete"), 409, 403, 403, 404],
  ["remove an admin", on("admin2", "delete"), 200, 403, 403, 404],
  ["remove a member", on("member2", "delete"), 200, 200, 403, 404],
  ["mute the owner", on("owner", "put", "/mute"), 403, 403, 403, 404],
  ["mute an admin", on("admin2", "put", "/mute"), 200, 403, 403, 404],
  ["mute a member", on("member2", "put", "/mute"), 200, 200, 403, 404],
  ["unmute the owner", on("owner", "put", "/unmute"), 403, 403, 403, 404],
  ["unmute an admin", on("admin2", "put", "/unmute"), 200, 403, 403, 404],
  ["unmute a member", on("member2", "put", "/unmute"), 200, 200, 403, 404],
  ["make a member an admin", on("member2", "put", "/role", { role: "admin" }), 200, 403, 403, 404],
  ["make an admin a member", on("admin2", "put", "/role", { role: "member" }), 200, 403, 403, 404],
  ["demote the owner", on("owner", "put", "/role", { role: "member" }), 400, 403, 403, 404],
  ["hand it to an admin", on("admin2", "put", "/role", { role: "owner" }), 200, 403, 403, 404],
  ["hand it to a member", on("member2", "put", "/role", { role: "owner" }), 200, 403, 403, 404],
  ["edit the owner's message", messageOf("owner", "put", { body: "y" }), 200, 403, 403, 404],
  ["edit an admin's message", messageOf("admin2", "put", { body: "y" }), 403, 403, 403, 404],
  ["edit a member's message", messageOf("member2", "put", { body: "y" }), 403, 403, 403, 404],
  ["delete the owner's message", messageOf("owner", "delete"), 200, 200, 403, 404],
  ["delete an admin's message", messageOf("admin2", "delete"), 200, 200, 403, 404],
  ["delete a member's message", messageOf("member2", "delete"), 200, 200, 403, 404],
];

const REFUSALS: Record<number, string> = {
  400: "bad_request",
  403: "forbidden",
  404: "not_found",
  409: "owner_must_stay",
};

describe.each(TABLE)("to %s", (_name, action, ...statuses) => {
  const rows = ACTORS.map((actor, i) => [actor, statuses[i]!] as const);
  const allowed = rows.filter(([, status]) => status < 300);
  const refused = rows.filter(([, status]) => status >= 300);

  test.each(allowed)("the %s is answered %i", async (name, status) => {
    const scene = await createUsers();
    expect((await action(scene[name], scene)).status).toBe(status);
  });

  test(`is refused to ${refused.map(([name, status]) => `the ${name} (${status})`).join(", ")}`, async () => {
    const scene = await createUsers();
    const members = () => scene.owner.get(`${scene.path}/members`);
    const before = (await members()).body;
    for (const [name, status] of refused) expectRefusal(await action(scene[name], scene), status, REFUSALS[status]!);
    expect((await members()).body).toEqual(before);
  });
});

test("an outsider of a public group, who knows that it is there, is told that nothing else is theirs", async () => {
  const scene = await createUsers(false);
  for (const [name, action] of TABLE) {
    if (name === "see the group") continue;
    const { status, body } = await action(scene.outsider, scene);
    expect({ name, status, code: body.code }).toEqual({ name, status: 403, code: "forbidden" });
  }
});

describe("oneself", () => {
  test.each(["admin", "member"] as const)("as %s one can neither mute, unmute nor promote", async (name) => {
    const scene = await createUsers();
    const me = `${scene.path}/members/${scene[name].id}`;
    for (const action of ["mute", "unmute"]) {
      expectRefusal(await scene[name].put(`${me}/${action}`), 403, "forbidden");
    }
    expectRefusal(await scene[name].put(`${me}/role`, { role: "owner" }), 403, "forbidden");
  });

  test.each(["admin", "member"] as const)("as %s one can edit and delete what one wrote", async (name) => {
    const scene = await createUsers();
    expect((await messageOf(name, "put", { body: "y" })(scene[name], scene)).status).toBe(200);
    expect((await messageOf(name, "delete")(scene[name], scene)).status).toBe(200);
  });
});

describe("a role", () => {
  const rolesOf = async ({ owner, groupId }: Cast) => {
    const { body } = await owner.get(`/groups/${groupId}/members`);
    return new Map(body.data.map(({ user_id, role }: { user_id: number; role: string }) => [user_id, role]));
  };

  test("that was given counts from the next call on, and so does one that was taken", async () => {
    const scene = await createUsers();
    const { owner, member, member2, admin, path } = scene;
    await owner.put(`${path}/members/${member.id}/role`, { role: "admin" });
    expect((await member.put(`${path}/members/${member2.id}/mute`)).status).toBe(200);
    await owner.put(`${path}/members/${admin.id}/role`, { role: "member" });
    expectRefusal(await admin.put(`${path}/members/${member2.id}/unmute`), 403, "forbidden");
  });

  test("answers with the member; the one they have already takes no place", async () => {
    const { owner, member, groupId, path } = await createUsers();
    const { body } = await owner.put(`${path}/members/${member.id}/role`, { role: "admin" });
    expect(body.data).toMatchObject({ user_id: member.id, username: member.username, role: "admin" });
    const { seq } = (await owner.get(path)).body.data;
    const again = await owner.put(`/groups/${groupId}/members/${member.id}/role`, { role: "admin" });
    expect(again.status).toBe(200);
    expect((await owner.get(path)).body.data.seq).toBe(seq);
  });

  test("owner hands the group over: the old owner becomes an admin, and there is one owner", async () => {
    const scene = await createUsers();
    const { owner, member, path } = scene;
    const { body } = await owner.put(`${path}/members/${member.id}/role`, { role: "owner" });
    expect(body.data.role).toBe("owner");
    const roles = await rolesOf(scene);
    expect(roles.get(member.id)).toBe("owner");
    expect(roles.get(owner.id)).toBe("admin");
    expect([...roles.values()].filter((role) => role === "owner")).toHaveLength(1);
    expect((await member.get(path)).body.data).toMatchObject({ owner_id: member.id, role: "owner" });
    expectRefusal(await owner.delete(path), 403, "forbidden");
    expect((await owner.post(`${path}/leave`)).status).toBe(200);
    expect((await member.delete(path)).status).toBe(200);
  });

  test("owner given to two at once leaves one owner", async () => {
    const scene = await createUsers();
    const hand = (to: User) => scene.owner.put(`${scene.path}/members/${to.id}/role`, { role: "owner" });
    const answers = await Promise.all([hand(scene.admin), hand(scene.member)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const roles = await rolesOf(scene);
    expect([...roles.values()].filter((role) => role === "owner")).toHaveLength(1);
  });

  test("of somebody who isn't a member, or one that there is none of, is refused", async () => {
    const { owner, member, outsider, path } = await createUsers();
    expectRefusal(await owner.put(`${path}/members/${outsider.id}/role`, { role: "admin" }), 404, "not_found");
    for (const role of ["king", "", "Admin", 1, null, undefined]) {
      expectInvalid(await owner.put(`${path}/members/${member.id}/role`, { role }), "role");
    }
  });
});
