// What every test needs: a real server on a free port with a database of its own, people who are logged in, and sockets that
// can be waited on. A test file calls `startServer` once and closes it at the end.
import { expect } from "bun:test";
import { createServer } from "../src/app.ts";
import { type Config, readConfig } from "../src/config.ts";
import type { Core } from "../src/core.ts";
import { type DatabaseTarget, prepareDatabase } from "../src/db/client.ts";
import { users } from "../src/db/schema.ts";
import { foldName } from "../src/modules/auth/service.ts";
import { cluster } from "./setup.ts";

export const PASSWORD = "StrongPassword123";
/** The one form of a timestamp on the wire. */
export const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;
const WAIT_MS = 5_000;

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely; what is in them is what the tests check.
type Json = any;

export interface Answer {
  status: number;
  body: Json;
  headers: Headers;
}

export interface Frame {
  type: string;
  seq?: number;
  ref?: string;
  code?: string;
  data?: Json;
  [key: string]: Json;
}

let databases = 0;

/** An empty, migrated database; `drop` it at the end. */
export async function newDatabase(): Promise<{ target: DatabaseTarget; drop(): Promise<void> }> {
  const name = `test_${process.pid}_${++databases}`;
  const target = await cluster.createDatabase(name);
  await prepareDatabase(target);
  return { target, drop: () => cluster.dropDatabase(name) };
}

export type TestServer = Awaited<ReturnType<typeof startServer>>;

/** A server of its own; with `target` on a database that another one uses as well. Rate limits are off unless asked for. */
export async function startServer(settings: Partial<Config> = {}, target?: DatabaseTarget) {
  const database = target ? { target, drop: async () => {} } : await newDatabase();
  const config = {
    ...readConfig({}),
    port: 0,
    rateLimits: false,
    logLevel: "error" as const,
    jwtSecret: "s".repeat(32),
    ...settings,
  };
  const server = await createServer({ ...config, jwtSecret: config.jwtSecret ?? "s".repeat(32) }, database.target);
  const { port } = server.listen();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    target: database.target,
    app: server.app,
    core: server.core,
    call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
      call(url, method, path, body, headers),
    newUser: (name?: string) => settle(server.core, url, name),
    connect: (user: { token: string } | null, path: string, headers?: Record<string, string>) =>
      connect(`${url}${path}${user ? `?token=${user.token}` : ""}`, headers),
    async close() {
      await server.close();
      await database.drop();
    },
  };
}

/** One HTTP call. An object is sent as JSON, a string as it is. */
export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body !== undefined && typeof body !== "string" ? { "content-type": "application/json" } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, body: isJson && text ? JSON.parse(text) : text, headers: response.headers };
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

export type User = Awaited<ReturnType<typeof newUser>>;

let people = 0;
const newName = () => `user${++people}_${Math.random().toString(36).slice(2, 7)}`;

// As cheap as argon2 goes: what a real hash costs is for the tests of accounts to pay, who register over HTTP.
const passwordHash = Bun.password.hash(PASSWORD, { algorithm: "argon2id", memoryCost: 8, timeCost: 1 });

/** Somebody new with PASSWORD and a session, written straight into the database. */
async function settle(core: Core, url: string, username = newName()): Promise<User> {
  const email = `${username}@example.com`;
  const names = { username, usernameKey: foldName(username), email, emailKey: foldName(email) };
  const account = { ...names, passwordHash: await passwordHash };
  const [user] = await core.db.insert(users).values(account).returning({ id: users.id });
  const session = await core.sessions.create(user!.id, "test", account.passwordHash);
  return { ...asUser(url, session!.token), id: user!.id, username };
}

/** Registers and logs in somebody new over HTTP. */
export async function newUser(url: string, username = newName()) {
  const registered = await call(url, "POST", "/register", {
    username,
    email: `${username}@example.com`,
    password: PASSWORD,
  });
  if (registered.status !== 201) throw new Error(`register: ${JSON.stringify(registered.body)}`);
  return { ...asUser(url, await logIn(url, username)), id: registered.body.user.id as number, username };
}

export async function logIn(url: string, username: string, password = PASSWORD): Promise<string> {
  const answer = await call(url, "POST", "/login", new URLSearchParams({ username, password }).toString(), {
    "content-type": "application/x-www-form-urlencoded",
  });
  if (answer.status !== 200) throw new Error(`login: ${JSON.stringify(answer.body)}`);
  return answer.body.access_token;
}

/** HTTP calls with a token. */
export function asUser(url: string, token: string) {
  const as = (method: string) => (path: string, body?: unknown) =>
    call(url, method, path, body, { authorization: `Bearer ${token}` });
  return { token, get: as("GET"), post: as("POST"), put: as("PUT"), delete: as("DELETE") };
}

export type Socket = Awaited<ReturnType<typeof connect>>;

/** An open socket. Frames are kept until `next` asks for them. */
export async function connect(url: string, headers: Record<string, string> = {}) {
  const ws = new WebSocket(url.replace("http", "ws"), { headers } as never);
  const frames: Frame[] = [];
  let wake: (() => void) | null = null;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.onclose = ({ code, reason }) => {
      resolve({ code, reason });
      wake?.();
    };
  });
  ws.onmessage = ({ data }) => {
    frames.push(JSON.parse(String(data)));
    wake?.();
  };
  await new Promise<void>((resolve, reject) => {
    ws.onopen = () => resolve();
    ws.onerror = () => reject(new Error(`no connection to ${url.split("?")[0]}`));
  });
  const client = {
    ws,
    frames,
    closed,
    send: (frame: unknown) =>
      ws.send(typeof frame === "string" || frame instanceof Uint8Array ? frame : JSON.stringify(frame)),
    /** The next frame of this type (and, if given, that fits); frames before it are passed over for good. */
    async next(type: string, fits: (frame: Frame) => boolean = () => true): Promise<Frame> {
      const deadline = Date.now() + WAIT_MS;
      for (;;) {
        while (frames.length > 0) {
          const frame = frames.shift()!;
          if (frame.type === type && fits(frame)) return frame;
        }
        if (ws.readyState === WebSocket.CLOSED) throw new Error(`closed while waiting for ${type}`);
        const left = deadline - Date.now();
        if (left <= 0) throw new Error(`no ${type} within ${WAIT_MS} ms`);
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), Bun.sleep(left)]);
      }
    },
    /** Waits until the room is joined: the server has answered a ping. */
    async ready() {
      client.send({ type: "ping" });
      await client.next("pong");
      return client;
    },
    /** Nothing has come but what was taken: what the server sent before it answers a ping would be here. */
    async expectSilence() {
      client.send({ type: "ping" });
      const deadline = Date.now() + WAIT_MS;
      while (!frames.some((frame) => frame.type === "pong")) {
        if (Date.now() > deadline) throw new Error("no pong");
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), Bun.sleep(100)]);
      }
      const heard = frames.splice(0).filter((frame) => frame.type !== "pong");
      if (heard.length > 0) throw new Error(`expected silence, heard ${JSON.stringify(heard)}`);
    },
    async close() {
      ws.close();
      await closed;
    },
  };
  return client;
}

/** Two people with a conversation. */
export async function newPair(server: TestServer) {
  const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
  const { body } = await ali.post(`/conversations/${veli.id}`);
  return { ali, veli, conversationId: body.conversation_id as number };
}

/** A group with its owner and plain members. */
export async function newGroup(server: TestServer, size = 3, input: object = {}) {
  const [owner, ...others] = await Promise.all(Array.from({ length: size }, () => server.newUser()));
  const { body } = await owner!.post("/groups", { name: "Weekend", ...input });
  for (const member of others) await owner!.post(`/groups/${body.group_id}/members`, { user_id: member.id });
  return { owner: owner!, others, groupId: body.group_id as number };
}
