// Traces as a collector gets them: what a request and a frame consist of, and what is never in them.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type Json, newPair, startServer, type TestServer } from "../support/harness.ts";

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: Record<string, unknown>;
  links: { traceId: string }[];
}

let collector: Bun.Server<undefined>;
let server: TestServer;
let spans: Span[] = [];
let sent = "";

beforeAll(async () => {
  collector = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const text = await request.text();
      sent += text;
      spans.push(...spansOf(JSON.parse(text)));
      return Response.json({});
    },
  });
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url.href.slice(0, -1);
  server = await startServer({ tracing: { serviceName: "chat", ratio: 1, delayMs: 20 } });
});
afterAll(async () => {
  await server.close();
  await collector.stop(true);
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
});
beforeEach(() => {
  spans = [];
  sent = "";
});

const spansOf = (body: Json): Span[] =>
  body.resourceSpans.flatMap((resource: Json) =>
    resource.scopeSpans.flatMap((scope: Json) =>
      scope.spans.map((span: Json) => ({
        ...span,
        links: span.links ?? [],
        attributes: Object.fromEntries(
          (span.attributes ?? []).map(({ key, value }: Json) => [key, Object.values(value)[0]]),
        ),
      })),
    ),
  );

/** The spans of a trace that begins with this one, as names below names, once the trace has ended. */
async function traceOf(name: string): Promise<Span[]> {
  const root = () => spans.find((span) => span.name === name && !span.parentSpanId);
  while (!root()) await Bun.sleep(10);
  return spans.filter(({ traceId }) => traceId === root()!.traceId);
}

const pathsOf = (trace: Span[]) =>
  trace.map((span) => {
    const path = [span.name];
    for (let at = span; at.parentSpanId; ) {
      const parent = trace.find(({ spanId }) => spanId === at.parentSpanId);
      if (!parent) return "an unknown parent";
      path.unshift(parent.name);
      at = parent;
    }
    return path.join(" > ");
  });

test("a request is a trace by its route, with the statements that it needed", async () => {
  const user = await server.newUser();
  await user.get("/me");
  const trace = await traceOf("GET /me");
  expect(trace.find(({ name }) => name === "GET /me")!.attributes["http.response.status_code"]).toBe(200);
  expect(pathsOf(trace)).toContain("GET /me > select");
});

test("a message goes from its frame by the statement to the publishing", async () => {
  const { ali, conversationId } = await newPair(server);
  const socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
  socket.send({ type: "message.send", body: "a-private-text", ref: "1" });
  await socket.next("ack");
  const paths = pathsOf(await traceOf("message.send"));
  expect(paths).toContain("message.send > store > select");
  expect(paths).toContain("message.send > publish");
  await socket.close();
});

test("messages that are stored together are linked, each in its own trace", async () => {
  const { ali, conversationId } = await newPair(server);
  const sends = Array.from({ length: 30 }, (_, n) => ali.post(`/messages/${conversationId}`, { body: `message ${n}` }));
  await Promise.all(sends);
  const name = "POST /messages/:conversation_id";
  const roots = () => spans.filter((span) => span.name === name);
  while (roots().length < 30) await Bun.sleep(10);
  const stores = spans.filter((span) => span.name === "store");
  const named = stores.flatMap(({ traceId, links }) => [traceId, ...links.map((link) => link.traceId)]);
  expect(new Set(named)).toEqual(new Set(roots().map(({ traceId }) => traceId)));
  expect(Math.max(...stores.map(({ attributes }) => Number(attributes.size)))).toBeGreaterThan(1);
});

test("no text, token or address is in a trace", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  await ali.post(`/messages/${conversationId}`, { body: "a-private-text" });
  await veli.get(`/messages/${conversationId}?limit=1`);
  await ali.get(`/users?query=a-private-search`);
  await ali.post("/login", { username: "a-private-name", password: "a-private-password" });
  await traceOf("POST /login");
  expect(sent).not.toBe("");
  for (const secret of ["a-private", ali.token, ali.username, "127.0.0.1"]) expect(sent).not.toContain(secret);
});

test("nothing of it is loaded where no endpoint is set", async () => {
  const child = Bun.spawn(
    [
      process.execPath,
      "-e",
      `await import(${JSON.stringify(require.resolve("../../src/app.ts"))});
       console.log(JSON.stringify(Object.keys(require.cache).filter((path) => path.includes("opentelemetry") || path.includes("src/tracing"))));`,
    ],
    { stdout: "pipe" },
  );
  expect(JSON.parse(await new Response(child.stdout).text())).toEqual([]);
});
