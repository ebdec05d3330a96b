// `bun run admin`: roles, keys and invites from the command line.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { runAdmin } from "../src/admin.ts";
import { asUser, startServer, type TestServer } from "./support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const admin = (...typed: string[]) => runAdmin(server.core, typed);

test("gives and takes roles, by name or id", async () => {
  const user = await server.newUser();
  const roleOf = async () => (await server.core.sql`select role from users where id = ${user.id}`)[0]!.role;
  expect(await admin("role", user.username, "admin")).toContain("has the role admin");
  expect(await roleOf()).toBe("admin");
  await admin("role", String(user.id), "moderator");
  expect(await roleOf()).toBe("moderator");
  await admin("role", user.username, "user");
  expect(await roleOf()).toBeNull();
});

test("creates a key that works, lists and ends it", async () => {
  const user = await server.newUser();
  await admin("role", user.username, "admin");
  const key = await admin("keys", "create", user.username, "CRM", "read", "admin");
  expect(key).toMatch(/^rck_/);
  expect((await asUser(server.url, key).put("/admin/users/acme:1", {})).status).toBe(200);
  const listed = await admin("keys", "list", user.username);
  expect(listed).toMatch(/^\d+ {2}CRM {2}read,admin {2}last used /);
  expect(listed).not.toContain(key);
  const [id] = listed.split(" ");
  await admin("keys", "delete", user.username, id!);
  expect(await admin("keys", "list", user.username)).toBe("None.");
  server.core.sessions.distrust();
  expect((await asUser(server.url, key).get("/me")).status).toBe(401);
});

test("creates invites", async () => {
  expect(await admin("invite")).toMatch(/^[\w-]{10,}$/);
  const code = await admin("invite", "--people", "3", "--days", "2");
  const [row] = await server.core.sql`select max_uses from invites where code = ${code}`;
  expect(row!.max_uses).toBe(3);
});

test.each([
  [[], "Commands:"],
  [["roles"], "Commands:"],
  [["__proto__"], "Commands:"],
  [["role"], "Usage: bun run admin role"],
  [["role", "nobody-at-all", "admin"], "There is no user nobody-at-all."],
  [["keys", "create", "x"], "Usage: bun run admin keys create"],
  [["keys", "create", "x", "y", "root"], "Usage: bun run admin keys create"],
  [["keys", "delete", "x", "y"], "Usage: bun run admin keys delete"],
  [["invite", "--people", "0"], "Usage: bun run admin invite"],
  [["invite", "--what"], "Usage: bun run admin invite"],
])("%j is answered with what was expected", async (typed, sentence) => {
  expect(admin(...typed)).rejects.toThrow(sentence);
});

test("says why a key can't be created", async () => {
  const user = await server.newUser();
  expect(admin("keys", "create", user.username, "x", "admin")).rejects.toThrow("who run the server");
});
