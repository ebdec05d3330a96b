// What operators see: health and metrics, with a database and without.
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { type NotReady, Readiness } from "../../../src/lib/readiness.ts";
import { expectRefusal, newDatabase, newPair, startServer, type TestServer } from "../../support/harness.ts";
import { until } from "../../support/patience.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** The value of a metric's line, 0 when there is none yet. */
const figure = (text: string, name: string) =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.split(" ")[1] ?? 0,
  );
const metrics = async () => (await server.call("GET", "/metrics")).body as string;

describe("GET /health", () => {
  test("answers 200 without a session while the database does", async () => {
    const { status, body } = await server.call("GET", "/health");
    expect(status).toBe(200);
    expect(body).toEqual({ status: "ok", database: "ok" });
  });

  test("answers 503 when the database is gone, without a word about why", async () => {
    const database = await newDatabase();
    const lost = await startServer({}, database.target);
    await database.drop();
    const { status, body } = await lost.call("GET", "/health");
    expect(status).toBe(503);
    expect(body).toEqual({ status: "unavailable", database: "unavailable" });
    await lost.close();
  });
});

describe("GET /ready", () => {
  const ready = async (of: TestServer) => (await of.call("GET", "/ready")).body;

  test("answers 200 without a session while the server is to be sent requests", async () => {
    expect(await ready(server)).toEqual({ status: "ok" });
    expect((await server.call("GET", "/ready")).status).toBe(200);
  });

  test("answers 503 when the database is gone, and says that it is that", async () => {
    const database = await newDatabase();
    const lost = await startServer({}, database.target);
    await database.drop();
    const { status, body } = await lost.call("GET", "/ready");
    expect([status, body]).toEqual([
      503,
      { status: "unavailable", reason: expect.stringMatching(/^(database|history)_/) },
    ]);
    await lost.close();
  });

  test("answers 503 with the most important reason that any part gives, until it has none", async () => {
    const { readiness } = server.core;
    const reasons: { first: NotReady | null; second: NotReady | null } = { first: null, second: null };
    readiness.add(() => reasons.first);
    readiness.add(() => reasons.second);
    reasons.first = "rooms_unverified";
    expect(await ready(server)).toEqual({ status: "unavailable", reason: "rooms_unverified" });
    reasons.second = "control_channel_down";
    expect(await ready(server)).toEqual({ status: "unavailable", reason: "control_channel_down" });
    expect((await server.call("GET", "/ready")).status).toBe(503);
    reasons.first = reasons.second = null;
    expect(await ready(server)).toEqual({ status: "ok" });
  });

  test("answers 503 before the server has started and while it drains, whatever else holds", () => {
    const readiness = new Readiness();
    readiness.add(() => "control_channel_down");
    expect(readiness.reason).toBe("starting");
    readiness.start();
    expect(readiness.reason).toBe("control_channel_down");
    readiness.drain();
    readiness.start();
    expect(readiness.reason).toBe("draining");
  });
});

describe("GET /metrics", () => {
  test("is Prometheus' text, without a session, and names what matters", async () => {
    const { status, body, headers } = await server.call("GET", "/metrics");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
    for (const name of ["chat_sockets", "chat_rooms", "chat_users_online", "chat_write_queue", "chat_messages_total"]) {
      expect(body).toMatch(new RegExp(`^# TYPE ${name} (gauge|counter)$`, "m"));
      expect(body).toMatch(new RegExp(`^${name} \\d+$`, "m"));
    }
    expect(figure(body, "process_resident_memory_bytes")).toBeGreaterThan(1_000_000);
  });

  test("counts messages once each, answers by status and refusals by code", async () => {
    const { ali, conversationId } = await newPair(server);
    const before = await metrics();
    const input = { body: "counted once", client_id: crypto.randomUUID() };
    for (let i = 0; i < 3; i++) await ali.post(`/messages/${conversationId}`, input);
    await ali.post(`/messages/${conversationId}`, { body: "another" });
    await ali.get("/messages/999999999");
    const after = await metrics();
    const grown = (name: string) => figure(after, name) - figure(before, name);
    expect(grown("chat_messages_total")).toBe(2);
    expect(grown('chat_http_requests_total{status="201"}')).toBe(2);
    expect(grown('chat_http_requests_total{status="404"}')).toBe(1);
    expect(grown('chat_refusals_total{code="not_found"}')).toBe(1);
  });

  test("shows open sockets, and none once they are closed", async () => {
    const { ali, conversationId } = await newPair(server);
    const socket = await server.connect(ali, `/ws/conversations/${conversationId}`);
    await socket.ready();
    const open = await metrics();
    for (const name of ["chat_sockets", "chat_rooms", "chat_users_online"]) expect(figure(open, name)).toBe(1);
    await socket.close();
    await until("the socket is gone", async () => figure(await metrics(), "chat_sockets") === 0);
    const closed = await metrics();
    for (const name of ["chat_sockets", "chat_rooms", "chat_users_online"]) expect(figure(closed, name)).toBe(0);
  });

  test("says nothing of anybody: no name, no text, no token", async () => {
    const { ali, conversationId } = await newPair(server);
    await ali.post(`/messages/${conversationId}`, { body: "a-private-text" });
    const text = await metrics();
    for (const secret of [ali.username, "a-private-text", ali.token]) expect(text).not.toContain(secret);
  });
});

test("metrics may be kept for those who have a token", async () => {
  const token = "scrape-0123456789-abcdef";
  const closed = await startServer({ metricsToken: token }, server.target);
  try {
    for (const path of ["/metrics", "/metrics/"]) {
      for (const authorization of [
        undefined,
        token,
        "Bearer",
        `Bearer ${token}x`,
        `Bearer ${token.slice(1)}`,
        `Basic ${token}`,
      ]) {
        const answer = await closed.call("GET", path, undefined, authorization ? { authorization } : {});
        expectRefusal(answer, 401, "unauthorized");
      }
      const answer = await closed.call("GET", path, undefined, { authorization: `Bearer ${token}` });
      expect([answer.status, answer.body]).toEqual([200, expect.stringContaining("chat_sockets")]);
    }
  } finally {
    await closed.close();
  }
});

test("however many ask at once whether it is well, the database is asked once", async () => {
  const { timeline } = server.core;
  const canWrite = timeline.canWrite.bind(timeline);
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const spy = spyOn(timeline, "canWrite").mockImplementation(() => gate.then(canWrite));
  try {
    const paths = Array.from({ length: 50 }, (_, i) => (i % 2 ? "/health" : "/ready"));
    const answers = Promise.all(paths.map((path) => server.call("GET", path)));
    while (server.app.server!.pendingRequests < paths.length) await Bun.sleep(1);
    release();
    expect(new Set((await answers).map(({ status }) => status))).toEqual(new Set([200]));
    expect(spy).toHaveBeenCalledTimes(1);
  } finally {
    spy.mockRestore();
  }
});
