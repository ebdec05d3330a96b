// API keys and roles for tests, straight in the database.
import { tokens } from "../../src/db/schema.ts";
import type { Scope } from "../../src/protocol/scopes.ts";
import { hashOf } from "../../src/sessions/keys.ts";
import { asUser, type TestServer, type User } from "./harness.ts";

/** The user as a key with these scopes acts for them. */
export async function withKey(server: TestServer, user: Pick<User, "id" | "username">, scopes: Scope[]): Promise<User> {
  const key = `rck_${crypto.randomUUID()}`;
  const expiresAt = "9999-12-31T00:00:00Z";
  await server.core.db
    .insert(tokens)
    .values({ userId: user.id, tokenHash: hashOf(key), kind: "key", device: "test", scopes, expiresAt });
  return { ...asUser(server.url, key), id: user.id, username: user.username };
}

/** Makes somebody one of those who run the server. */
export const makeAdmin = (server: TestServer, user: Pick<User, "id">) =>
  server.core.sql`update users set role = 'admin' where id = ${user.id}`;

/** A new user who moderates or runs the server. */
export async function newStaff(server: TestServer, role: "moderator" | "admin"): Promise<User> {
  const user = await server.newUser();
  await server.core.sql`update users set role = ${role} where id = ${user.id}`;
  return user;
}
