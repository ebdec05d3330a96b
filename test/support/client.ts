// A client of any server, in this process or not: HTTP calls, people who are logged in, and sockets that can be waited on.
// Every frame that a socket gets is held against the protocol's schemas.
import type { TSchema } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler } from "@sinclair/typebox/compiler";
import { SOCKET_KINDS, type SocketKind } from "../../src/protocol/define.ts";
import { framesOn } from "../../src/protocol/index.ts";
// Knows the formats that the schemas name, such as `date-time`.
import "elysia";
import { PATIENCE_MS } from "./patience.ts";

export const PASSWORD = "StrongPassword123";

/** Answers are looked into freely; what is in them is what the tests check. */
export type Json = ReturnType<typeof JSON.parse>;

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

export type User = Awaited<ReturnType<typeof newUser>>;

const CHECKS = Object.fromEntries(
  SOCKET_KINDS.map((kind) => [
    kind,
    new Map(framesOn(kind).map(({ type, schema }) => [type, TypeCompiler.Compile(schema)])),
  ]),
) as unknown as Record<SocketKind, Map<string, TypeCheck<TSchema>>>;

const socketKindOf = (url: string): SocketKind =>
  url.includes("/ws/conversations/") ? "direct" : url.includes("/ws/groups/") ? "group" : "account";

/** What is wrong with a frame by the protocol's declarations; null when nothing is. */
export function flaw(url: string, frame: Frame): string | null {
  const kind = socketKindOf(url);
  const check = CHECKS[kind].get(frame.type);
  if (!check) return `the ${kind} socket has no frame ${frame.type}`;
  if (check.Check(frame)) return null;
  const { path, message } = check.Errors(frame).First()!;
  return `a frame is not as the protocol says: ${path} ${message}: ${JSON.stringify(frame).slice(0, 300)}`;
}

let people = 0;
export const newName = () => `user${++people}_${Math.random().toString(36).slice(2, 7)}`;

/** What a test begins with: called again while the server is too busy, as on a machine that is, and an error if it is refused. */
export async function arrange(call: () => Promise<Answer>): Promise<Answer> {
  for (let end = Date.now() + PATIENCE_MS, isAgain = false; ; await Bun.sleep(50), isAgain = true) {
    const answer = await call();
    // An earlier call may have done it after all.
    if (answer.status < 300 || (isAgain && answer.status === 409)) return answer;
    if ((answer.status !== 503 && answer.status !== 429) || Date.now() > end)
      throw new Error(`could not be arranged: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}

/** Registers and logs in somebody new over HTTP. */
export async function newUser(url: string, username = newName()) {
  const registered = await arrange(() =>
    call(url, "POST", "/register", { username, email: `${username}@example.com`, password: PASSWORD }),
  );
  return { ...asUser(url, await logIn(url, username)), id: registered.body.user.id as number, username };
}

export async function logIn(url: string, username: string, password = PASSWORD): Promise<string> {
  const answer = await arrange(() =>
    call(url, "POST", "/login", new URLSearchParams({ username, password }).toString(), {
      "content-type": "application/x-www-form-urlencoded",
    }),
  );
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
  let broken: string | null = null;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.onclose = ({ code, reason }) => {
      resolve({ code, reason });
      wake?.();
    };
  });
  ws.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data));
    broken ??= flaw(url, frame);
    frames.push(frame);
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
    next: (type: string, fits: (frame: Frame) => boolean = () => true): Promise<Frame> =>
      client.find(type, (frame) => frame.type === type && fits(frame)),
    /** The next frame of any of these types. */
    nextOf: (...types: string[]): Promise<Frame> =>
      client.find(types.join(" or "), (frame) => types.includes(frame.type)),
    async find(what: string, fits: (frame: Frame) => boolean, patience = PATIENCE_MS): Promise<Frame> {
      const deadline = Date.now() + patience;
      for (;;) {
        if (broken) throw new Error(broken);
        while (frames.length > 0) {
          const frame = frames.shift()!;
          if (fits(frame)) return frame;
        }
        if (ws.readyState === WebSocket.CLOSED) throw new Error(`closed while waiting for ${what}`);
        const left = deadline - Date.now();
        if (left <= 0) throw new Error(`no ${what} within ${patience} ms`);
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), Bun.sleep(left)]);
      }
    },
    /** Waits until the room is joined: the server has answered a ping. */
    async ready() {
      client.send({ type: "ping" });
      await client.next("pong");
      return client;
    },
    /**
     * Nothing has come but what was taken: what the server sent before it answers a ping would be here. Frames of the types in `but` may
     * have come, such as receipts, whose moment is by chance.
     */
    async expectSilence({ but = [] }: { but?: string[] } = {}) {
      client.send({ type: "ping" });
      const deadline = Date.now() + PATIENCE_MS;
      while (!frames.some((frame) => frame.type === "pong")) {
        if (Date.now() > deadline) throw new Error("no pong");
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), Bun.sleep(100)]);
      }
      if (broken) throw new Error(broken);
      const heard = frames.splice(0).filter(({ type }) => type !== "pong" && !but.includes(type));
      if (heard.length > 0) throw new Error(`expected silence, heard ${JSON.stringify(heard)}`);
    },
    async close() {
      ws.close();
      await closed;
    },
  };
  return client;
}
