// Reporting something: what may be reported by whom, that it is stored once, what is kept of it, and that nobody else learns of it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { REPORT_COMMENT_LIMIT, REPORTS_A_DAY } from "../../../src/protocol/limits.ts";
import { startFileServer, uploadForm } from "../../support/files.ts";
import {
  expectInvalid,
  expectRefusal,
  type Json,
  newGroup,
  newPair,
  PASSWORD,
  startServer,
  type User,
} from "../../support/harness.ts";
import { columnsWith, purged } from "../../support/own-data.ts";

let server: Awaited<ReturnType<typeof startFileServer>>;
beforeAll(async () => {
  server = await startFileServer();
});
afterAll(() => server.close());

const report = (user: User, about: object, more: object = {}) =>
  user.post("/reports", { reason: "spam", client_id: crypto.randomUUID(), ...about, ...more });
const stored = async (id: number): Promise<Json> => {
  const [row] = await server.core.sql`select * from reports where id = ${id}`;
  return row!;
};
const send = async (user: User, path: string, body: string, more: object = {}) =>
  (await user.post(path, { body, ...more })).body.data.id as number;

describe("a report", () => {
  test("of a message keeps its text, formatting and the names of its files, whatever becomes of them", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const veli = others[0]!;
    const file = (await uploadForm(server, veli, new Blob(["offer"]), "offer.txt")).body.data.id;
    const entities = [{ type: "bold", offset: 0, length: 3 }];
    const message = await send(veli, `/groups/${groupId}/messages`, "Buy this!", { entities, attachments: [file] });
    const { status, body } = await report(owner, { message_id: message }, { comment: " Every day. " });
    expect(status).toBe(201);
    expect(body.data).toEqual({
      id: expect.any(Number),
      kind: "message",
      reason: "spam",
      created_at: expect.any(String),
    });
    await veli.put(`/groups/${groupId}/messages/${message}`, { body: "Nothing" });
    await veli.delete(`/groups/${groupId}/messages/${message}`);
    expect(await stored(body.data.id)).toMatchObject({
      body: "Buy this!",
      data: { entities, attachments: [{ kind: "file", name: "offer.txt" }] },
      comment: "Every day.",
      user_id: veli.id,
      room_id: groupId,
      group_name: "Weekend",
      status: "open",
    });
  });

  test("is stored once for its client_id, and once for the same thing while it is open", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const message = await send(veli, `/messages/${conversationId}`, "insult");
    const client_id = crypto.randomUUID();
    const both = await Promise.all([1, 2].map(() => report(ali, { message_id: message }, { client_id })));
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(both[1]!.body).toEqual(both[0]!.body);
    expect((await report(ali, { message_id: message }, { client_id: client_id.toUpperCase() })).body).toEqual(
      both[0]!.body,
    );
    expectRefusal(await report(ali, { message_id: message }), 409, "already_reported");
    // Of the person it is another one, and so is one by somebody else.
    expect((await report(ali, { user_id: veli.id })).status).toBe(201);
    expectRefusal(await report(ali, { user_id: veli.id }, { reason: "abuse" }), 409, "already_reported");
    expect((await report(await server.newUser(), { user_id: veli.id }, { client_id })).status).toBe(201);
    await server.core.sql`update reports set status = 'dismissed' where message_id = ${message}`;
    expect((await report(ali, { message_id: message })).status).toBe(201);
  });

  test("is of one thing, with a reason and a comment of a bounded length", async () => {
    const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
    expectInvalid(await report(ali, {}), "message_id");
    expectInvalid(await report(ali, { user_id: veli.id, group_id: 1 }), "message_id");
    expectInvalid(await report(ali, { user_id: veli.id }, { reason: "boring" }), "reason");
    expectInvalid(await report(ali, { user_id: veli.id }, { client_id: undefined }), "client_id");
    expectInvalid(
      await report(ali, { user_id: veli.id }, { comment: "x".repeat(REPORT_COMMENT_LIMIT + 1) }),
      "comment",
    );
    expect((await report(ali, { user_id: veli.id }, { comment: "x".repeat(REPORT_COMMENT_LIMIT) })).status).toBe(201);
  });

  test("is not of oneself, nor of a message that is deleted", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    expectRefusal(await report(ali, { user_id: ali.id }), 400, "bad_request");
    const own = await send(ali, `/messages/${conversationId}`, "mine");
    expectRefusal(await report(ali, { message_id: own }), 400, "bad_request");
    const gone = await send(veli, `/messages/${conversationId}`, "gone");
    await veli.delete(`/messages/${conversationId}/${gone}`);
    expectRefusal(await report(ali, { message_id: gone }), 409, "message_deleted");
  });

  test("is not told to whom it is about, on no socket and in no list", async () => {
    const { owner, others, groupId } = await newGroup(server, 3);
    const [veli, ayse] = others as [User, User];
    await owner.put(`/groups/${groupId}/members/${veli.id}/role`, { role: "admin" });
    const message = await send(veli, `/groups/${groupId}/messages`, "insult");
    const [socket, admin] = await Promise.all([server.connect(veli, "/ws"), server.connect(owner, "/ws")]);
    await Promise.all([socket.ready(), admin.ready()]);
    await report(ayse, { message_id: message });
    await report(ayse, { user_id: veli.id });
    expect((await admin.next("report.created")).data).toEqual({ report_id: expect.any(Number), group_id: groupId });
    await socket.expectSilence();
    await admin.expectSilence();
    // An admin is shown those of others' messages alone.
    expect((await veli.get(`/groups/${groupId}/reports`)).body.data).toEqual([]);
    expect((await owner.get(`/groups/${groupId}/reports`)).body.data).toHaveLength(1);
    expect(JSON.stringify((await veli.get("/me/export")).body.reports)).toBe("[]");
  });
});

describe("what one can see", () => {
  test("can be reported: by members, in public, and what was said before one left", async () => {
    const { owner, others, groupId } = await newGroup(server, 3);
    const [veli, ayse] = others as [User, User];
    const stranger = await server.newUser();
    const before = await send(owner, `/groups/${groupId}/messages`, "before");
    await owner.put(`/groups/${groupId}/members/${veli.id}/mute`, {});
    expect((await report(veli, { message_id: before })).status).toBe(201);
    await owner.put(`/groups/${groupId}/bans/${ayse.id}`, {});
    const after = await send(owner, `/groups/${groupId}/messages`, "after");
    expect((await report(ayse, { message_id: before })).status).toBe(201);
    expect((await report(ayse, { group_id: groupId })).status).toBe(201);
    for (const user of [ayse, stranger]) expectRefusal(await report(user, { message_id: after }), 404, "not_found");
    expectRefusal(await report(stranger, { message_id: before }), 404, "not_found");
    expectRefusal(await report(stranger, { group_id: groupId }), 404, "not_found");
    // Of a public group outsiders see that it is there, and no messages.
    await owner.put(`/groups/${groupId}/visibility`, { is_private: false });
    expect((await report(stranger, { group_id: groupId })).status).toBe(201);
    expectRefusal(await report(stranger, { message_id: after }), 404, "not_found");
    for (const about of [{ message_id: 2 ** 52 }, { user_id: 2 ** 52 }, { group_id: 2 ** 52 }])
      expectRefusal(await report(stranger, about), 404, "not_found");
  });

  test("can be reported although a block stands between the two", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const message = await send(veli, `/messages/${conversationId}`, "insult");
    await veli.put(`/blocks/${ali.id}`);
    expect((await report(ali, { message_id: message })).status).toBe(201);
    expect((await report(ali, { user_id: veli.id })).status).toBe(201);
    // Somebody else who blocks them is not there.
    const other = await server.newUser();
    await other.put(`/blocks/${ali.id}`);
    expectRefusal(await report(ali, { user_id: other.id }), 404, "not_found");
  });

  test("of a deleted group its former members' reports can't be begun any more", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const message = await send(owner, `/groups/${groupId}/messages`, "hello");
    const { body } = await report(others[0]!, { message_id: message });
    await others[0]!.post(`/groups/${groupId}/leave`);
    await owner.delete(`/groups/${groupId}`);
    expectRefusal(await report(others[0]!, { group_id: groupId }), 404, "not_found");
    // The one that there is stays, with the group's name.
    expect(await stored(body.data.id)).toMatchObject({ body: "hello", group_name: "Weekend" });
  });
});

test("a day takes so many reports, of which those that were refused are none", async () => {
  const limited = await startServer({ rateLimits: true });
  const ali = await limited.newUser();
  const targets = await Promise.all(Array.from({ length: REPORTS_A_DAY + 1 }, () => limited.newUser()));
  expectRefusal(await report(ali, { user_id: ali.id }), 400, "bad_request");
  const client_id = crypto.randomUUID();
  for (const { id } of targets.slice(0, REPORTS_A_DAY - 1))
    expect((await report(ali, { user_id: id })).status).toBe(201);
  expectRefusal(await report(ali, { user_id: targets[0]!.id }), 409, "already_reported");
  expect((await report(ali, { user_id: targets.at(-2)!.id }, { client_id })).status).toBe(201);
  expectRefusal(await report(ali, { user_id: targets.at(-1)!.id }), 429, "slow_down");
  // The answer to one that was stored can still be asked for.
  expect((await report(ali, { user_id: targets.at(-2)!.id }, { client_id })).status).toBe(201);
  await limited.close();
});

describe("a deleted account", () => {
  test("leaves its reports without who sent them, and its name in no copy of a message", async () => {
    const { sql } = server.core;
    const { owner, others, groupId } = await newGroup(server, 2);
    const [veli] = others as [User];
    await sql`alter table users alter column id restart with 834091234567`;
    const zeynep = await server.newUser("zeynepreporter");
    await sql`alter table users alter column id restart with 5000`;
    await owner.post(`/groups/${groupId}/members`, { user_id: zeynep.id });
    const mention = { type: "mention", offset: 3, length: 15, user_id: zeynep.id };
    const about = await send(owner, `/groups/${groupId}/messages`, "hi @zeynepreporter", { entities: [mention] });
    const theirs = await send(zeynep, `/groups/${groupId}/messages`, "an insult");
    const copy = (await report(veli, { message_id: about })).body.data.id;
    const ofHers = (await report(veli, { message_id: theirs })).body.data.id;
    const sent = (await report(zeynep, { message_id: about }, { comment: "look at it" })).body.data.id;
    const exported = (await zeynep.get("/me/export")).body.reports;
    expect(exported).toMatchObject([{ id: sent, kind: "message", message_id: about, comment: "look at it" }]);
    await zeynep.delete("/me", { current_password: PASSWORD });
    await purged(server, zeynep.id);
    expect(await stored(sent)).toMatchObject({ reporter_id: null, client_id: null, comment: "look at it" });
    for (const id of [copy, sent]) expect(await stored(id)).toMatchObject({ body: "hi @Deleted user", data: null });
    expect(await stored(ofHers)).toMatchObject({ body: "an insult", user_id: zeynep.id });
    expect(await columnsWith(sql, "zeynepreporter")).toEqual([]);
    expect((await columnsWith(sql, String(zeynep.id))).filter((name) => name.startsWith("reports."))).toEqual([
      "reports.user_id",
    ]);
    const [shown] = (await owner.get(`/groups/${groupId}/reports`)).body.data;
    expect(shown.message.sender).toEqual({ id: zeynep.id, username: "Deleted user", deleted: true });
  });
});

test("a report is gone thirty days after it was closed, also where only a group's admins closed it", async () => {
  const { sql } = server.core;
  const { sweepReports } = await import("../../../src/modules/reports/sweep.ts");
  const { ali, veli, conversationId } = await newPair(server);
  const ids: number[] = [];
  for (const text of ["open", "closed", "long closed", "long closed by the group", "closed again"]) {
    const message = await send(veli, `/messages/${conversationId}`, text);
    ids.push((await report(ali, { message_id: message })).body.data.id);
  }
  const [open, closed, long, group, again] = ids;
  await sql`update reports set status = 'resolved', closed_at = now() - interval '29 days' where id = ${closed!}`;
  await sql`update reports set status = 'resolved', closed_at = now() - interval '31 days' where id = ${long!}`;
  await sql`update reports set group_status = 'dismissed', group_closed_at = now() - interval '31 days' where id = ${group!}`;
  await sql`
    update reports set status = 'resolved', closed_at = now(), group_status = 'dismissed', group_closed_at = now() - interval '31 days'
    where id = ${again!}`;
  const [{ count }] = await sql<[{ count: number }]>`select count(*)::int as count from reports where status = 'open'`;
  expect(await sweepReports(sql)).toBe(count - 1);
  const left = await sql<{ id: number }[]>`select id from reports where id = any (${ids}) order by id`;
  expect(left.map(({ id }) => id)).toEqual([open!, closed!, again!]);
});
