// Moderators and admins of the whole server.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expectInvalid, PASSWORD, startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const newKey = (scopes: string[]) => ({
  name: "Moderation",
  scopes,
  client_id: crypto.randomUUID(),
  current_password: PASSWORD,
});

test("one's own role is in one's account, and plain users have none there", async () => {
  const user = await server.newUser();
  expect((await user.get("/me")).body.data).not.toHaveProperty("role");
  for (const role of ["moderator", "admin"]) {
    await server.core.sql`update users set role = ${role} where id = ${user.id}`;
    expect((await user.get("/me")).body.data.role).toBe(role);
  }
});

test("a key with `moderate` is for moderators and admins, one with `admin` for admins alone", async () => {
  const user = await server.newUser();
  for (const scope of ["moderate", "admin"]) expectInvalid(await user.post("/me/keys", newKey([scope])), "scopes");
  await server.core.sql`update users set role = 'moderator' where id = ${user.id}`;
  expect((await user.post("/me/keys", newKey(["moderate"]))).status).toBe(201);
  expectInvalid(await user.post("/me/keys", newKey(["admin"])), "scopes");
  await server.core.sql`update users set role = 'admin' where id = ${user.id}`;
  expect((await user.post("/me/keys", newKey(["moderate", "admin"]))).status).toBe(201);
});
