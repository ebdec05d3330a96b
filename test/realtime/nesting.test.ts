// What it costs the server to be sent nonsense: frames and bodies are counted and their depth is judged before they are parsed.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, type Mock, spyOn, test } from "bun:test";
import { rawCall } from "../support/endpoints.ts";
import { newPair, type Socket, startServer, type TestServer, type User } from "../support/harness.ts";

let server: TestServer;
let ali: User;
let conversationId: number;
let socket: Socket;
beforeAll(async () => {
  server = await startServer({ rateLimits: true });
  ({ ali, conversationId } = await newPair(server));
  socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
});
afterAll(() => server.close());

const nested = (depth: number, [open, close]: [string, string] = ["[", "]"]) =>
  open.repeat(depth) + close.repeat(depth);
const objects: [string, string] = ['{"a":', "}"];

/** What JSON.parse was given while the test ran. */
let parse: Mock<typeof JSON.parse>;
beforeEach(() => {
  parse = spyOn(JSON, "parse");
});
afterEach(() => {
  parse.mockRestore();
});
const wasParsed = (text: string) => parse.mock.calls.some(([given]) => given === text);

const DEEP: [string, string][] = [
  ["17 levels", `{"type":"ping","ref":"r","x":${nested(16)}}`],
  ["17 levels of objects", `{"type":"ping","ref":"r","x":${'{"a":'.repeat(16)}1${"}".repeat(16)}}`],
  ["levels behind a text with brackets and quotes", `{"type":"ping","ref":"r","t":"]]}}\\"\\\\","x":${nested(16)}}`],
  ["30,000 levels", `{"type":"ping","ref":"r","x":${nested(30_000)}}`],
  ["10,000 levels of objects", `{"type":"ping","ref":"r","x":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}`],
  ["levels that never end", `{"ref":"r","x":${"[".repeat(60_000)}`],
  ["mixed levels", `{"ref":"r","x":${'[{"a":'.repeat(1_000)}`],
];

describe("a frame", () => {
  test.each(DEEP)("of %s is refused with its ref, unparsed", async (_what, frame) => {
    socket.send(frame);
    expect(await socket.next("error")).toMatchObject({ ref: "r", code: "bad_request" });
    expect(wasParsed(frame)).toBe(false);
  });

  test.each([
    ["16 levels", `{"type":"ping","ref":"r","x":${nested(15)}}`],
    ["many brackets side by side", `{"type":"ping","ref":"r","x":[${Array(500).fill("[]").join()}]}`],
    ["brackets in a text", JSON.stringify({ type: "ping", ref: "r", x: '[{"'.repeat(500) })],
    ["brackets in a key", JSON.stringify({ type: "ping", ref: "r", ["[{\\".repeat(500)]: 1 })],
  ])("of %s is taken", async (_what, frame) => {
    socket.send(frame);
    expect((await socket.next("ack")).ref).toBe("r");
  });

  test.each(DEEP)("of %s as the first one ends the connection, unparsed", async (_what, frame) => {
    const stranger = await server.connect(null, "/ws");
    stranger.send(frame);
    const isLong = frame.length > 8 * 1024;
    expect(await stranger.closed).toEqual(
      isLong ? { code: 1009, reason: "frame_too_large" } : { code: 1008, reason: "unauthorized" },
    );
    expect(wasParsed(frame)).toBe(false);
  });
});

describe("a user's frames past their rate", () => {
  test("are refused unparsed, each with its ref", async () => {
    const busy = await server.newUser();
    const one = await (await server.connect(busy, "/ws")).ready();
    const sent = 1_000;
    for (let i = 0; i < sent; i++) one.send(`{"type":"ping","ref":"r${i}","x":"${"x".repeat(2_000)}"}`);
    const refused = new Set<string>();
    for (let answered = 0; answered < sent; answered++) {
      const answer = await one.nextOf("ack", "error");
      if (answer.code === "slow_down") refused.add(answer.ref!);
    }
    expect(refused.size).toBeGreaterThan(0);
    const isRefused = ([text]: [string, ...unknown[]]) =>
      refused.has(/^\{"type":"ping","ref":"(\w+)"/.exec(text)?.[1] ?? "");
    expect(parse.mock.calls.filter(isRefused as never)).toEqual([]);
  });

  test("count by their size", async () => {
    const busy = await server.newUser();
    const one = await (await server.connect(busy, "/ws")).ready();
    const frame = JSON.stringify({ type: "ping", ref: "long", x: "x".repeat(60_000) });
    for (let i = 0; i < 100; i++) one.send(frame);
    expect(await one.next("error")).toMatchObject({ code: "slow_down", ref: "long" });
    expect(parse.mock.calls.filter(([text]) => text === frame).length).toBeLessThan(60);
  });
});

describe("a body", () => {
  const json = { "content-type": "application/json" };

  test.each(["/login", "/register", "/messages/1", "/groups"])(
    "to %s deeper than 16 answers 400, unparsed",
    async (path) => {
      for (const deep of [nested(16), nested(30_000), nested(10_000, objects)]) {
        const body = `{"username":${deep}}`;
        const headers = { ...json, authorization: `Bearer ${ali.token}` };
        const answer = await rawCall(server.url, "POST", path, body, headers);
        expect([answer.status, answer.body.code]).toEqual([400, "bad_request"]);
        expect(wasParsed(body)).toBe(false);
      }
    },
  );

  test("of a stranger counts before it is read, by the address, and others are not held up", async () => {
    const behind = await startServer({ rateLimits: true, trustProxy: 1 }, server.target);
    try {
      const from = (address: string) =>
        rawCall(behind.url, "PUT", "/me/password", "{}", { ...json, "x-forwarded-for": address });
      const answers = await Promise.all(Array.from({ length: 1_000 }, (_, i) => from(`203.0.113.5:${1_000 + i}`)));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThan(200);
      expect(refused[0]!.headers.get("retry-after")).toBe("1");
      expect((await from("203.0.113.6")).status).toBe(401);
    } finally {
      await behind.close();
    }
  });

  test.each([
    [
      "a form of thousands of fields",
      Array.from({ length: 9_000 }, (_, i) => `a${i}=`).join("&"),
      "application/x-www-form-urlencoded",
    ],
    ["a form with one field thousands of times", "username=a&".repeat(5_000), "application/x-www-form-urlencoded"],
    [
      "a multipart form of thousands of fields",
      `${Array.from({ length: 1_000 }, (_, i) => `--b\r\nContent-Disposition: form-data; name="a${i}"\r\n\r\n\r\n`).join("")}--b--`,
      "multipart/form-data; boundary=b",
    ],
  ])("that is %s is refused", async (_what, body, type) => {
    const answer = await rawCall(server.url, "POST", "/login", body, { "content-type": type });
    expect([answer.status, answer.body.code]).toEqual([400, "bad_request"]);
  });

  test.each([
    ["a number of 60,000 digits", `{"username":${"1".repeat(60_000)},"password":"secret-password"}`],
    ["a number past all bounds", '{"username":1e999999,"password":"secret-password"}'],
    ["thousands of keys", `{${Array.from({ length: 6_000 }, (_, i) => `"k${i}":1`).join()}}`],
    ["a prototype", '{"__proto__":{"username":"a","password":"secret-password"}}'],
    ["a constructor", '{"constructor":{"prototype":{"username":"a"}},"username":"a"}'],
  ])("with %s is refused as invalid", async (_what, body) => {
    const answer = await rawCall(server.url, "POST", "/login", body, json);
    expect([answer.status, answer.body.code]).toEqual([422, "invalid"]);
    expect(({} as Record<string, unknown>).username).toBeUndefined();
  });

  test("with a key given twice counts by its last value, once", async () => {
    const body = `{"body":${JSON.stringify("first")},"body":"second"}`;
    const answer = await rawCall(server.url, "POST", `/messages/${conversationId}`, body, {
      ...json,
      authorization: `Bearer ${ali.token}`,
    });
    expect([answer.status, answer.body.data.body]).toEqual([201, "second"]);
  });
});
