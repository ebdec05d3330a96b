// Deleting an account: what is gone, what stays, and for whom. Nothing of the person is left in any table or file.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { endAccount } from "../../../src/modules/own-data/deletion.ts";
import { startFileServer, uploadForm } from "../../support/files.ts";
import {
  expectRefusal,
  type Json,
  logIn,
  newPair,
  newUser,
  PASSWORD,
  startServer,
  type User,
} from "../../support/harness.ts";
import { Mailbox } from "../../support/mailbox.ts";
import { columnsWith, filesWith, purged } from "../../support/own-data.ts";
import { indexed } from "../../support/search-index.ts";

let mailbox: Mailbox;
let server: Awaited<ReturnType<typeof startFileServer>>;
beforeAll(async () => {
  mailbox = await Mailbox.open();
  server = await startFileServer({ search: true, smtpUrl: mailbox.url });
});
afterAll(async () => {
  await server.close();
  await mailbox.close();
});

const deleteMe = (user: User) => user.delete("/me", { current_password: PASSWORD });
const send = async (user: User, path: string, input: object) => {
  const { status, body } = await user.post(path, input);
  expect(status).toBe(201);
  return body.data.id as number;
};
async function upload(user: User, text: string, name = `${text}.txt`): Promise<number> {
  const { status, body } = await uploadForm(server, user, new Blob([text]), name);
  expect(status).toBe(201);
  return body.data.id;
}
const read = async (user: User, path: string): Promise<Json> => (await user.get(path)).body.data;
const newGroup = async (owner: User, ...others: User[]) => {
  const { body } = await owner.post("/groups", { name: "Weekend" });
  for (const { id } of others) await owner.post(`/groups/${body.group_id}/members`, { user_id: id });
  return body.group_id as number;
};

describe("what is left", () => {
  const SECRETS = {
    name: "zeyneptoprak",
    formerName: "zeynepeski",
    email: "zeyneptoprak@posta.example",
    displayName: "Zeynep Toprak Hanim",
    status: "beimzahnarzt",
    locale: "sr-Latn-RS",
    sent: "contents-of-a-file-that-was-sent",
    unsent: "contents-of-a-file-that-was-not-sent",
  };

  test("is an id on messages that stay: nothing else in any column of any table, nor in any file", async () => {
    const { sql } = server.core;
    // A number that nothing else in the database holds.
    await sql`alter table users alter column id restart with 734091234567`;
    const zeynep = await newUser(server.url, SECRETS.formerName);
    await sql`alter table users alter column id restart with 500`;
    const { id } = zeynep;
    expect(id).toBe(734_091_234_567);
    const [ali, veli, fatma] = await Promise.all([server.newUser(), server.newUser(), server.newUser()]);

    await server.call(
      "POST",
      "/login",
      { username: SECRETS.formerName, password: PASSWORD },
      { "user-agent": "zeyneps-phone" },
    );
    await zeynep.post("/email/verify/request");
    expect((await zeynep.put("/me/email", { email: SECRETS.email, current_password: PASSWORD })).status).toBeLessThan(
      300,
    );
    await zeynep.put("/me/privacy", { read_receipts: false });
    await zeynep.put("/me", {
      display_name: SECRETS.displayName,
      status: { text: SECRETS.status },
      locale: SECRETS.locale,
    });

    const group = await newGroup(ali, zeynep, veli);
    const left = await newGroup(ali, zeynep, veli);
    await newGroup(zeynep, ali);
    await newGroup(zeynep);
    await ali.put(`/groups/${group}/members/${id}/role`, { role: "admin" });
    await ali.put(`/groups/${left}/members/${id}/mute`, {});
    for (const room of [group, left]) {
      const message = await send(ali, `/groups/${room}/messages`, {
        body: `hello @${SECRETS.formerName}`,
        entities: [{ type: "mention", offset: 6, length: SECRETS.formerName.length + 1, user_id: id }],
      });
      for (const emoji of ["👍", "🎉"]) await zeynep.put(`/groups/${room}/messages/${message}/reactions/${emoji}`);
      await veli.put(`/groups/${room}/messages/${message}/reactions/👍`);
    }
    const renamed = await zeynep.put("/me/username", { username: SECRETS.name, current_password: PASSWORD });
    expect(renamed.status).toBe(200);
    await zeynep.post(`/groups/${left}/leave`);
    const banned = await newGroup(veli);
    await veli.put(`/groups/${banned}/bans/${id}`, { reason: "spam" });

    await zeynep.post(`/friends/requests/${ali.id}`);
    const [request] = await read(ali, "/friends/requests");
    await ali.put(`/friends/requests/${request.id}/accept`);
    await zeynep.post(`/friends/requests/${veli.id}`);
    await fatma.post(`/friends/requests/${id}`);
    await fatma.put(`/blocks/${id}`);
    await zeynep.put(`/blocks/${fatma.id}`);

    const conversation = (await ali.post(`/conversations/${id}`)).body.conversation_id;
    await send(zeynep, `/messages/${conversation}`, { body: "what she wrote" });
    await send(ali, `/messages/${conversation}`, {
      body: `@${SECRETS.name}!`,
      entities: [{ type: "mention", offset: 0, length: SECRETS.name.length + 1, user_id: id }],
    });
    await zeynep.put(`/messages/${conversation}/read`);
    await send(zeynep, `/messages/${conversation}`, {
      body: "a picture",
      attachments: [await upload(zeynep, SECRETS.sent)],
    });
    await send(zeynep, `/messages/${conversation}`, {
      body: "",
      attachments: [await upload(zeynep, SECRETS.sent, "b.txt")],
    });
    await upload(zeynep, SECRETS.unsent);

    // What is looked for is found before, where it has to be.
    for (const secret of ["name", "email", "displayName", "status", "locale"] as const)
      expect([secret, await columnsWith(sql, SECRETS[secret])]).not.toEqual([secret, []]);
    expect(await filesWith(server.filesDir, SECRETS.unsent)).toHaveLength(1);
    const [{ hash }] = await sql<[{ hash: string }]>`select password_hash as hash from users where id = ${id}`;

    expect((await deleteMe(zeynep)).status).toBe(200);
    await purged(server, id);
    // As if the sweeper's ten minutes had passed.
    await sql`update files set touched_at = touched_at - interval '11 minutes' where state = 'deleted'`;
    await server.core.files.sweep();
    // What a search finds follows what was changed.
    await indexed(sql);

    for (const [what, text] of Object.entries({ ...SECRETS, hash, device: "zeyneps-phone" }))
      expect([what, await columnsWith(sql, text)]).toEqual([what, []]);
    for (const text of [SECRETS.sent, SECRETS.unsent]) expect(await filesWith(server.filesDir, text)).toEqual([]);
    // (The audit log keeps ids for AUDIT_DAYS.)
    const columns = (await columnsWith(sql, String(id))).filter((column) => !column.startsWith("audit_log."));
    expect(columns).toEqual([
      "conversations.user_high",
      // Who wrote a message, or joined a group.
      "events.actor_id",
      "events.data",
      "search.words",
      "users.id",
      "users.username_key",
    ]);
    const messages = await read(ali, `/messages/${conversation}`);
    expect(messages.map(({ body }: Json) => body)).toEqual(["what she wrote", "@Deleted user!", "a picture", ""]);
  });
});

describe("what others see", () => {
  test("is a deleted user, in their open clients as well, who is no friend and no member any more", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const group = await newGroup(ali, veli);
    const message = await send(ali, `/groups/${group}/messages`, { body: "hello" });
    await veli.put(`/groups/${group}/messages/${message}/reactions/👍`);
    await send(veli, `/groups/${group}/messages`, { body: "mine" });
    await send(veli, `/messages/${conversationId}`, { body: "look", attachments: [await upload(veli, "report")] });
    const alone = await send(veli, `/messages/${conversationId}`, {
      body: "",
      attachments: [await upload(veli, "alone")],
    });
    await veli.post(`/friends/requests/${ali.id}`);
    await ali.post(`/friends/requests/${veli.id}`);
    const socket = await server.connect(ali, "/ws");
    await socket.ready();

    expect((await deleteMe(veli)).status).toBe(200);
    await purged(server, veli.id);

    const gone = { id: veli.id, username: "Deleted user", deleted: true };
    expect((await socket.next("user.updated")).data).toEqual(gone);
    expect((await socket.next("group.member.left")).data).toMatchObject({ user_id: veli.id, username: "Deleted user" });
    expect((await socket.next("friend.removed")).data).toEqual({ user_id: veli.id });
    expect((await socket.next("reaction.removed")).data).toMatchObject({
      message_id: message,
      user_id: veli.id,
      count: 0,
    });
    expect((await socket.next("message.updated")).data).toMatchObject({ body: "look", edited_at: null });
    expect((await socket.next("message.deleted")).data).toMatchObject({ id: alone, body: "" });

    const [conversation] = await read(ali, "/conversations");
    expect(conversation.peer).toEqual(gone);
    expect(await read(ali, `/users/${veli.id}`)).toEqual(gone);
    expect(await read(ali, `/users?ids=${veli.id}`)).toEqual([gone]);
    expect(await read(ali, "/users?query=deleted")).toEqual([]);
    expect(await read(ali, `/groups/${group}/members`)).toHaveLength(1);
    const [first, second] = await read(ali, `/groups/${group}/messages`);
    expect(first.reactions).toBeUndefined();
    expect(second).toMatchObject({ body: "mine", sender_id: veli.id, sender_name: "Deleted user" });
    expect((await read(ali, `/messages/${conversationId}`))[0].attachments).toBeUndefined();
    expect(await read(ali, "/mentions")).toEqual([]);

    // Nobody can reach them any more.
    expectRefusal(await ali.post(`/messages/${conversationId}`, { body: "hello?" }), 403, "forbidden");
    expectRefusal(await ali.post(`/friends/requests/${veli.id}`), 404, "not_found");
    expectRefusal(await ali.put(`/blocks/${veli.id}`), 404, "not_found");
    expectRefusal(await ali.post(`/conversations/${veli.id}`), 404, "not_found");
    expectRefusal(await ali.post(`/groups/${group}/members`, { user_id: veli.id }), 404, "not_found");
  });

  test("is that groups of theirs go to the senior admin, else the oldest member; an empty one is deleted", async () => {
    const [owner, first, second, third] = (await Promise.all(Array.from({ length: 4 }, () => server.newUser()))) as [
      User,
      User,
      User,
      User,
    ];
    const plain = await newGroup(owner, second, first);
    const led = await newGroup(owner, first, second, third);
    for (const { id } of [third, second]) await owner.put(`/groups/${led}/members/${id}/role`, { role: "admin" });
    const empty = await newGroup(owner);
    await deleteMe(owner);
    await purged(server, owner.id);
    for (const group of [plain, led]) {
      expect(await read(second, `/groups/${group}`)).toMatchObject({ owner_id: second.id, role: "owner" });
      const roles = (await read(second, `/groups/${group}/members`)).map(({ role }: Json) => role);
      expect(roles.filter((role: string) => role === "owner")).toHaveLength(1);
    }
    expect(await server.core.sql`select 1 from groups where room_id = ${empty}`).toHaveLength(0);
  });

  test("is no conversation when both sides are deleted", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    await send(ali, `/messages/${conversationId}`, { body: "only for the two" });
    for (const user of [ali, veli]) {
      await deleteMe(user);
      await purged(server, user.id);
    }
    expect(await columnsWith(server.core.sql, "only for the two")).toEqual([]);
    expect(await server.core.sql`select 1 from rooms where id = ${conversationId}`).toHaveLength(0);
  });
});

describe("the account", () => {
  test("is closed at once: its sessions and sockets end, nobody logs in, and a mail says so", async () => {
    const user = await server.newUser();
    const second = await logIn(server.url, user.username);
    const socket = await server.connect({ token: second }, "/ws");
    await socket.ready();
    expectRefusal(await user.delete("/me", { current_password: "Wrong12345" }), 401, "bad_credentials");
    expect((await user.get("/me")).status).toBe(200);
    expect((await deleteMe(user)).status).toBe(200);
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    expectRefusal(await user.get("/me"), 401, "unauthorized");
    for (const username of [user.username, `${user.username}@example.com`])
      expectRefusal(await server.call("POST", "/login", { username, password: PASSWORD }), 401, "bad_credentials");
    expect(await mailbox.next(`${user.username}@example.com`)).toMatchObject({ subject: "Your account was deleted" });
  });

  test("frees its address at once, and its name only after 90 days, also for what looks like it", async () => {
    const user = await server.newUser();
    await deleteMe(user);
    const register = (username: string) =>
      server.call("POST", "/register", { username, email: `${user.username}@example.com`, password: PASSWORD });
    for (const name of [user.username, user.username.toUpperCase(), user.username.replace("s", "\u0455")])
      expect([422, 409]).toContain((await register(name)).status);
    expectRefusal(await register(user.username), 409, "username_taken");
    await server.core.sql`update held_names set until = now()`;
    expect((await register(user.username)).status).toBe(201);
  });

  test("takes nothing any more that a request was about to store when it was deleted", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const session = (await server.core.sessions.find(ali.token))!;
    await deleteMe(ali);
    const { sendMessage } = await import("../../../src/modules/messages/service.ts");
    const { sendFriendRequest } = await import("../../../src/modules/friends/service.ts");
    const { startSession } = await import("../../../src/modules/accounts/log-in.ts");
    const { createGroup } = await import("../../../src/modules/groups/service.ts");
    const { createReport } = await import("../../../src/modules/reports/service.ts");
    const { updateProfile } = await import("../../../src/modules/accounts/profile.ts");
    await purged(server, ali.id);
    const draft = { kind: "file" as const, name: "late", size: 4, clientId: null, meta: {} };
    for (const late of [
      () => sendMessage(server.core, session, { kind: "direct", id: conversationId }, { body: "late" }),
      () => sendFriendRequest(server.core, ali.id, String(veli.id)),
      () => server.core.files.create(ali.id, draft),
      () => createGroup(server.core, ali.id, { name: "late" }),
      () => updateProfile(server.core, ali.id, { display_name: "late" }),
      () =>
        createReport(server.core, ali.id, {
          user_id: veli.id,
          reason: "other",
          comment: "late",
          client_id: crypto.randomUUID(),
        }),
    ])
      expect(late()).rejects.toMatchObject({ code: expect.stringMatching(/not_found|unauthorized|forbidden/) });
    expect(await startSession(server.core, ali.id, { device: "late", address: "192.0.2.1" })).toBeNull();
    expect(await columnsWith(server.core.sql, "late")).toEqual([]);
  });

  test("is gone completely although its server died, by the next one", async () => {
    const dying = await startServer({}, server.target);
    const { ali, veli, conversationId } = await newPair(dying);
    const group = await newGroup(ali, veli);
    // As if it were killed right after its answer.
    dying.core.purgeAccounts = () => {};
    await endAccount(dying.core, ali.id);
    await dying.close();
    expect(await server.core.sql`select 1 from members where user_id = ${ali.id}`).toHaveLength(2);
    const next = await startServer({}, server.target);
    await purged(next, ali.id);
    expect(await server.core.sql`select 1 from members where user_id = ${ali.id}`).toHaveLength(0);
    expect(await server.core.sql`select 1 from members where room_id in (${group}, ${conversationId})`).toHaveLength(2);
    await next.close();
  });
});

test("an account that can't be removed holds up no others", async () => {
  const [stuck, other] = [await server.newUser(), await server.newUser()];
  for (const user of [stuck, other]) await user.put(`/blocks/${(await server.newUser()).id}`);
  const { sql } = server.core;
  await sql.unsafe(`
    create function refuse() returns trigger language plpgsql as 'begin raise exception ''stuck''; end';
    create trigger stuck before delete on blocks for each row when (old.blocker_id = ${stuck.id}) execute function refuse();`);
  for (const user of [stuck, other]) await deleteMe(user);
  await purged(server, other.id);
  await sql`drop trigger stuck on blocks`;
  await purged(server, stuck.id);
});
