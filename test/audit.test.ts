// The audit log: what gets into it, that nothing in it can be changed, and how it is read, exported and swept.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sweepAudit } from "../src/audit/audit.ts";
import { AuditWriter } from "../src/audit/audit-writer.ts";
import { createLogger } from "../src/lib/log.ts";
import { toField } from "../src/modules/admin/audit.ts";
import {
  expectInvalid,
  expectRefusal,
  type Json,
  newName,
  PASSWORD,
  startServer,
  type TestServer,
  type User,
} from "./support/harness.ts";
import { makeAdmin } from "./support/keys.ts";
import { until } from "./support/patience.ts";

let server: TestServer;
let admin: User;
beforeAll(async () => {
  server = await startServer();
  admin = await server.newUser();
  await makeAdmin(server, admin);
});
afterAll(() => server.close());

const auditOf = async (user: { id: number }): Promise<Json[]> =>
  (await admin.get(`/admin/audit?user=${user.id}`)).body.data;

describe("what people do about their own accounts", () => {
  test("is in it, with who and from where, and failures that anybody can cause are not", async () => {
    const username = newName();
    const email = `${username}@example.com`;
    await server.call("POST", "/register", { username, email, password: PASSWORD });
    await server.call("POST", "/login", { username, password: "wrong" });
    expect((await server.call("POST", "/login", { username, password: PASSWORD })).status).toBe(200);
    const [user] = await server.core.sql<{ id: number }[]>`select id from users where username = ${username}`;
    await until("both are there", async () => (await auditOf(user!)).length >= 2);
    const entries = await auditOf(user!);
    expect(entries.map(({ event }) => event)).toEqual(["logged_in", "registered"]);
    expect(entries[0]).toMatchObject({
      actor: { id: user!.id, username },
      user: { id: user!.id },
      address: "127.0.0.1",
      details: { proof: "password" },
    });
    expect(JSON.stringify(entries)).not.toContain(email);
  });

  test("is written when the server closes", async () => {
    const other = await startServer({}, server.target);
    const user = await other.newUser();
    expect((await other.call("POST", "/login", { username: user.username, password: PASSWORD })).status).toBe(200);
    await other.close();
    expect((await auditOf(user)).map(({ event }) => event)).toEqual(["logged_in"]);
  });

  test("is kept sixty times a minute, however often somebody does it", async () => {
    const written: { userId: number }[] = [];
    const insert = () => ({ values: async (rows: typeof written) => void written.push(...rows) });
    const writer = new AuditWriter({ db: { insert } as never, log: createLogger("silent") });
    for (let n = 0; n < 500; n++) writer.add("logged_out", { user: 1 });
    writer.add("logged_out", { user: 2 });
    await writer.flush();
    const of = (user: number) => written.filter(({ userId }) => userId === user).length;
    // (A new minute may have begun meanwhile.)
    expect(of(1)).toBeWithin(60, 121);
    expect(of(2)).toBe(1);
  });

  test("waits while the database is away, as much as fits", async () => {
    let isAway = true;
    const written: unknown[] = [];
    const db = {
      insert: () => ({
        async values(rows: unknown[]) {
          if (isAway) throw Object.assign(new Error("away"), { code: "CONNECTION_CLOSED" });
          written.push(...rows);
        },
      }),
    };
    const writer = new AuditWriter({ db: db as never, log: createLogger("silent") });
    for (let user = 1; user <= 10_001; user++) writer.add("logged_in", { user });
    await writer.flush();
    expect(written).toHaveLength(0);
    isAway = false;
    await writer.flush();
    expect(written).toHaveLength(10_000);
  });
});

describe("nothing in it", () => {
  const table = () => server.core.sql;

  test("is changed, deleted or truncated", async () => {
    const { sql } = server.core;
    await sql`insert into audit_log (event) values ('user_banned')`;
    for (const statement of [
      "update audit_log set event = 'logged_in'",
      "update audit_log set at = '2000-01-01'",
      "delete from audit_log",
      "truncate audit_log",
      "set chat.audit_days = '0'; delete from audit_log",
      "set chat.audit_days = '-9999'; delete from audit_log",
    ])
      await expect(sql.begin((tx) => tx.unsafe(statement))).rejects.toMatchObject({ code: "23001" });
  });

  test("is swept before it is older than AUDIT_DAYS, which are thirty at the least", async () => {
    const sql = table();
    await sql`
      insert into audit_log (event, at, details) select 'user_banned', now() - days * interval '1 day', jsonb_build_object('days', days)
      from unnest(array[29, 31, 99, 101]) days`;
    const left = async () => {
      const rows = await sql`select details ->> 'days' as days from audit_log where details ? 'days' order by at desc`;
      return rows.map(({ days }) => days);
    };
    await sweepAudit(server.core.db, 100);
    expect(await left()).toEqual(["29", "31", "99"]);
    await sweepAudit(server.core.db, 30);
    expect(await left()).toEqual(["29"]);
    await expect(sweepAudit(server.core.db, 1)).rejects.toThrow();
    expect(await left()).toEqual(["29"]);
  });
});

describe("it is read", () => {
  test("by event, actor, person and time, a page at a time, newest first", async () => {
    const user = await server.newUser();
    const { sql } = server.core;
    await sql`
      insert into audit_log (event, actor_id, user_id, at) values
      ('user_banned', ${admin.id}, ${user.id}, '2026-01-01T00:00:00Z'),
      ('user_unbanned', ${admin.id}, ${user.id}, '2026-01-02T00:00:00Z'),
      ('user_banned', null, ${user.id}, '2026-01-03T00:00:00Z')`;
    const events = async (filter: string) =>
      (await admin.get(`/admin/audit?user=${user.id}&${filter}`)).body.data.map((one: Json) => one.event);
    expect(await events("")).toEqual(["user_banned", "user_unbanned", "user_banned"]);
    expect(await events("event=user_unbanned")).toEqual(["user_unbanned"]);
    expect(await events(`actor=${admin.id}`)).toEqual(["user_unbanned", "user_banned"]);
    expect(await events("from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z")).toEqual(["user_unbanned"]);
    const first = (await admin.get(`/admin/audit?user=${user.id}&limit=2`)).body;
    const rest = (await admin.get(`/admin/audit?user=${user.id}&limit=2&cursor=${first.next_cursor}`)).body;
    expect([first.data.length, rest.data.length, rest.next_cursor]).toEqual([2, 1, null]);
    // The command line, or the server by itself.
    expect(first.data[0]).not.toHaveProperty("actor");
    expectInvalid(await admin.get("/admin/audit?from=yesterday"), "from");
    expectInvalid(await admin.get("/admin/audit?format=xlsx"), "format");
    for (const cursor of ["x", first.next_cursor.slice(1)])
      expectRefusal(await admin.get(`/admin/audit?cursor=${cursor}`), 400, "bad_request");
    expectRefusal(await user.get("/admin/audit"), 403, "forbidden");
  });

  test("as a file of all that fits, which says that it was exported", async () => {
    const user = await server.newUser();
    await server.core.sql`
      insert into audit_log (event, actor_id, user_id, details)
      select 'user_banned', ${admin.id}, ${user.id}, jsonb_build_object('reason', '=1+1, "x"', 'n', n) from generate_series(1, 1203) n`;
    const file = (query: string, accept?: string) =>
      fetch(`${server.url}/admin/audit?user=${user.id}${query}`, {
        headers: { authorization: `Bearer ${admin.token}`, ...(accept && { accept }) },
      });
    const lines = (await (await file("&format=ndjson")).text()).trim().split("\n");
    expect(lines).toHaveLength(1203);
    expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(1203);
    const csv = await file("", "text/csv");
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(csv.headers.get("content-disposition")).toMatch(/^attachment; filename="audit-[\d-]+\.csv"$/);
    const rows = (await csv.text()).split("\r\n");
    expect(rows[0]).toBe("id,at,event,actor_id,actor,user_id,user,group_id,group,message_id,address,reason,details");
    expect(rows).toHaveLength(1 + 1203 + 1);
    expect(rows[1]).toEndWith(`,"'=1+1, ""x""","{""n"":1203}"`);
    const [entry] = (await admin.get(`/admin/audit?actor=${admin.id}&event=audit_exported`)).body.data;
    expect(entry.details).toEqual({ format: "csv", user: user.id });
  });

  test.each([
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["  =1", "'  =1"],
    ["\r=1", `"'\r=1"`],
    ['a "b", c', '"a ""b"", c"'],
    ["a\nb", '"a\nb"'],
    ["a=b", "a=b"],
    [-5, "-5"],
    [undefined, ""],
  ])("where %j is written as %j, so that no spreadsheet takes it for a formula", (value, field) => {
    expect(toField(value)).toBe(field);
  });
});
