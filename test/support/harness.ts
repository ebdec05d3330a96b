// What every test needs: a real server on a free port with a database of its own, people who are logged in, and sockets that
// can be waited on. A test file calls `startServer` once and closes it at the end.
import { expect } from "bun:test";
import { createServer, type ServerOptions } from "../../src/app.ts";
import { type Config, readConfig } from "../../src/config.ts";
import type { Core } from "../../src/core.ts";
import type { DatabaseTarget } from "../../src/db/client.ts";
import { users } from "../../src/db/schema.ts";
import { accountKeys } from "../../src/modules/accounts/create.ts";
import { CHEAP } from "./cheap-hashing.ts";
import { type Answer, arrange, asUser, call, connect, type Json, newName, PASSWORD, type User } from "./client.ts";
import { createDatabase, dropDatabase } from "./cluster.ts";
import { findCluster } from "./setup.ts";

export * from "./client.ts";

/** The one form of a timestamp on the wire. */
export const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;

/** How long users may be gone before their friends are told, in place of two seconds. */
const PRESENCE_GRACE_MS = 500;

let databases = 0;

/** An empty, migrated database; `drop` it at the end. */
export async function newDatabase(): Promise<{ target: DatabaseTarget; drop(): Promise<void> }> {
  const name = `test_${process.pid}_${++databases}`;
  const cluster = await findCluster();
  const target = await createDatabase(cluster, name);
  return { target, drop: () => dropDatabase(cluster.admin, name) };
}

export type TestServer = Awaited<ReturnType<typeof startServer>>;

/**
 * A server of its own; with `target` on a database that another one uses as well. Rate limits are off unless asked for; `options`
 * shorten what is waited for.
 */
export async function startServer(
  settings: Partial<Config> = {},
  target?: DatabaseTarget,
  options: ServerOptions = {},
) {
  const database = target ? { target, drop: async () => {} } : await newDatabase();
  const config = {
    ...readConfig({}),
    port: 0,
    rateLimits: false,
    logLevel: "error" as const,
    // What follows the timeline adds statements of its own; tests of it turn it on.
    search: false,
    jwtSecret: "s".repeat(32),
    ...settings,
  };
  const server = await createServer({ ...config, jwtSecret: config.jwtSecret ?? "s".repeat(32) }, database.target, {
    presenceGrace: PRESENCE_GRACE_MS,
    ...options,
  });
  const { port } = server.listen();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    target: database.target,
    app: server.app,
    core: server.core,
    call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
      call(url, method, path, body, headers),
    newUser: (name?: string) => insertUser(server.core, url, name),
    connect: (user: { token: string } | null, path: string, headers?: Record<string, string>) =>
      connect(`${url}${path}${user ? `?token=${user.token}` : ""}`, headers),
    drain: (ms: number) => server.drain(ms, () => true),
    async close() {
      await server.close();
      await database.drop();
    },
  };
}

/** That a call was refused in the contract's form, `{detail, code}` and what belongs to the status; answers the body. */
export function expectRefusal(answer: Answer, status: number, code: string): Json {
  expect(answer.body.code).toBe(code);
  expect(answer.status).toBe(status);
  expect(answer.body.detail).toMatch(/\w/);
  expect(answer.headers.get("content-type")).toStartWith("application/json");
  const extra = { 422: ["errors"], 429: ["retry_after"], 503: ["retry_after"] }[status] ?? [];
  expect(Object.keys(answer.body).sort()).toEqual(["code", "detail", ...extra].sort());
  return answer.body;
}

/** That validation failed at this field. */
export function expectInvalid(answer: Answer, field: string) {
  const { errors } = expectRefusal(answer, 422, "invalid");
  for (const error of errors) expect(Object.keys(error).sort()).toEqual(["field", "message"]);
  expect(errors.map((error: Json) => error.field)).toContain(field);
}

const passwordHash = Bun.password.hash(PASSWORD, CHEAP);

/** Creates a user with PASSWORD and a session, straight in the database. */
async function insertUser(core: Core, url: string, username = newName()): Promise<User> {
  const email = `${username}@example.com`;
  const account = { ...accountKeys(username, email), passwordHash: await passwordHash };
  const [user] = await core.db.insert(users).values(account).returning({ id: users.id });
  const session = await core.sessions.create(user!.id, "test");
  return { ...asUser(url, session.token), id: user!.id, username };
}

/** Two people with a conversation. */
export async function newPair(server: TestServer) {
  const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
  const { body } = await arrange(() => ali.post(`/conversations/${veli.id}`));
  return { ali, veli, conversationId: body.conversation_id as number };
}

/** A group with its owner and plain members. */
export async function newGroup(server: TestServer, size = 3, input: object = {}) {
  const [owner, ...others] = await Promise.all(Array.from({ length: size }, () => server.newUser()));
  const { body } = await arrange(() => owner!.post("/groups", { name: "Weekend", ...input }));
  for (const { id } of others) await arrange(() => owner!.post(`/groups/${body.group_id}/members`, { user_id: id }));
  return { owner: owner!, others, groupId: body.group_id as number };
}
