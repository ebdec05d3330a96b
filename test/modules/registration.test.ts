// Who may create an account, by the setting REGISTRATION.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createOperatorInvite, firstInvite, takeInvite } from "../../src/modules/invites/policy.ts";
import { expectRefusal, newGroup, newName, PASSWORD, startServer, type TestServer } from "../support/harness.ts";

let open: TestServer;
let invited: TestServer;
let closed: TestServer;
beforeAll(async () => {
  open = await startServer();
  invited = await startServer({ registration: "invite" }, open.target);
  closed = await startServer({ registration: "closed" }, open.target);
});
afterAll(async () => {
  await closed.close();
  await invited.close();
  await open.close();
});

function register(server: TestServer, invite?: string, username = newName()) {
  const account = { username, email: `${username}@example.com`, password: PASSWORD };
  return server.call("POST", "/register", invite === undefined ? account : { ...account, invite });
}

async function groupInvite(input: object = {}) {
  const { owner, groupId } = await newGroup(open, 1);
  const { code } = (await owner.post(`/groups/${groupId}/invites`, input)).body.data;
  return { code, owner, groupId };
}

const operatorInvite = (maxUses = 1) => createOperatorInvite(open.core.db, { maxUses });

test("is told to those without an account", async () => {
  for (const [server, mode] of [
    [open, "open"],
    [invited, "invite"],
    [closed, "closed"],
  ] as const) {
    expect((await server.call("GET", "/registration")).body.data.mode).toBe(mode);
  }
});

describe("by invitation", () => {
  test("an account takes an invite of a group, which is used by it; joining then costs nothing more", async () => {
    const { code, owner, groupId } = await groupInvite({ max_uses: 1 });
    expect((await invited.call("GET", `/invites/${code}`)).body.data.can_register).toBe(true);
    const username = newName();
    expect((await register(invited, code, username)).status).toBe(201);
    expectRefusal(await register(invited, code), 409, "closed");
    const { body } = await invited.call("POST", "/login", { username, password: PASSWORD });
    const headers = { authorization: `Bearer ${body.access_token}` };
    const joined = await invited.call("POST", `/invites/${code}/join`, undefined, headers);
    expect(joined.body.data).toMatchObject({ id: groupId, member_count: 2 });
    expect((await owner.get(`/groups/${groupId}/invites`)).body.data[0].uses).toBe(1);
  });

  test("nobody registers without one, or with one that is wrong, revoked or run out", async () => {
    expectRefusal(await register(invited), 403, "forbidden");
    expectRefusal(await register(invited, "wrong"), 404, "not_found");
    const { code, owner, groupId } = await groupInvite();
    await open.core.sql`update invites set expires_at = now() where code = ${code}`;
    expectRefusal(await register(invited, code), 409, "closed");
    await owner.delete(`/groups/${groupId}/invites/${code}`);
    expectRefusal(await register(invited, code), 404, "not_found");
  });

  test("no more accounts come of an invite than it is for, and a refused one uses nothing up", async () => {
    const code = await operatorInvite(2);
    const taken = (await open.newUser()).username;
    expectRefusal(await register(invited, code, taken), 409, "username_taken");
    const answers = await Promise.all(Array.from({ length: 5 }, () => register(invited, code)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409, 409]);
    const [used] = await open.core.sql`
      select count(*)::int from invite_uses u join invites i on i.id = u.invite_id where i.code = ${code}`;
    expect(used).toEqual({ count: 2 });
  });
});

test("whatever uses an invite at the same time, it is used by no more people than it is for", async () => {
  const code = await operatorInvite(3);
  const people = await Promise.all(Array.from({ length: 8 }, () => open.newUser()));
  const uses = await Promise.allSettled(
    people.map(({ id }) => open.core.db.transaction((tx) => takeInvite(tx, code, id))),
  );
  const taken = uses.filter(({ status }) => status === "fulfilled").length;
  expect(taken).toBeWithin(1, 4);
  const [stored] = await open.core.sql`
    select i.uses, count(*)::int as people from invites i join invite_uses u on u.invite_id = i.id
    where i.code = ${code} group by i.uses`;
  expect(stored).toEqual({ uses: taken, people: taken });
});

describe("closed", () => {
  test("registration takes an invite of the operator; those of groups are for people with an account", async () => {
    expectRefusal(await register(closed), 403, "forbidden");
    const { code } = await groupInvite();
    expect((await closed.call("GET", `/invites/${code}`)).body.data.can_register).toBe(false);
    expectRefusal(await register(closed, code), 403, "forbidden");
    expect((await register(closed, await operatorInvite())).status).toBe(201);
  });
});

test("where everybody may register an invite is left for its group", async () => {
  const { code } = await groupInvite({ max_uses: 1 });
  expect((await register(open, code)).status).toBe(201);
  expect((await open.call("GET", `/invites/${code}`)).status).toBe(200);
});

test("an operator's invite leads to no group", async () => {
  const code = await operatorInvite();
  const { body } = await invited.call("GET", `/invites/${code}`);
  expect(body.data).toEqual({ can_register: true, expires_at: expect.any(String) });
  expectRefusal(await (await open.newUser()).post(`/invites/${code}/join`), 404, "not_found");
});

test("while nobody has an account there is one invite for the first one, on all servers", async () => {
  const empty = await startServer({ registration: "closed" });
  const codes = await Promise.all([firstInvite(empty.core.db), firstInvite(empty.core.db)]);
  expect(codes[0]).toBeString();
  expect(codes[1]).toBe(codes[0]);
  expect((await register(empty, codes[0]!)).status).toBe(201);
  expect(await firstInvite(empty.core.db)).toBeNull();
  expectRefusal(await register(empty, codes[0]!), 409, "closed");
  await empty.close();
});
