// What /openapi.json and /docs promise to those who read them, and to the tools that do.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newPair, startServer, type TestServer } from "../harness.ts";

type Json = ReturnType<typeof JSON.parse>;

let server: TestServer;
let document: Json;
let operations: { name: string; path: string; method: string; operation: Json }[];

beforeAll(async () => {
  server = await startServer();
  document = (await server.call("GET", "/openapi.json")).body;
  operations = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      path,
      method,
      operation,
    })),
  );
});
afterAll(() => server.close());

test("every route is described but those of the documents and the sockets", () => {
  const described = operations.map(({ path, method }) => `${method} ${path.replace(/\{(\w+)\}/g, ":$1")}`);
  const served = server.app.routes
    .filter(({ path }) => !/^\/(docs|ws|openapi\.json|$)/.test(path) && !path.includes("*"))
    .map(({ method, path }) => `${method.toLowerCase()} ${path}`);
  expect(served.length).toBeGreaterThan(40);
  expect(described.toSorted()).toEqual([...new Set(served)].toSorted());
});

test("every operation has a name of its own, prose, a tag, and an example of its request and of each answer", () => {
  expect(document.openapi).toStartWith("3.");
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const tags = document.tags.map((tag: Json) => tag.name);
  for (const { name, operation } of operations) {
    expect([name, operation.summary?.length > 0, operation.description?.length > 0]).toEqual([name, true, true]);
    expect([name, operation.tags.length === 1 && tags.includes(operation.tags[0])]).toEqual([name, true]);
    const bodies = [operation.requestBody, ...Object.values<Json>(operation.responses)].filter(Boolean);
    for (const { content } of bodies) {
      for (const media of Object.values<Json>(content))
        expect([name, media.schema && media.example !== undefined]).toEqual([name, true]);
    }
    for (const [status, response] of Object.entries<Json>(operation.responses)) {
      expect([name, status, response.description.length > 0]).toEqual([name, status, true]);
    }
  }
});

test("path parameters are all declared, ids as bounded integers", () => {
  for (const { name, path, operation } of operations) {
    const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    const declared = (operation.parameters ?? []).filter((parameter: Json) => parameter.in === "path");
    expect([name, declared.map((parameter: Json) => parameter.name).toSorted()]).toEqual([name, wanted.toSorted()]);
    for (const { name: parameter, schema } of declared) {
      if (parameter !== "friend")
        expect(schema).toMatchObject({ type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
    }
  }
});

test("a session is asked for exactly where a call without one is refused", async () => {
  for (const { name, path, method, operation } of operations) {
    const answer = await server.call(method.toUpperCase(), path.replace(/\{\w+\}/g, "1"));
    expect([name, operation.security.length > 0]).toEqual([name, answer.status === 401]);
  }
});

test("no format and no keyword of ours is left in it", () => {
  const formats = new Set<string>();
  const look = (part: Json) => {
    if (typeof part !== "object" || part === null) return;
    if (typeof part.format === "string") formats.add(part.format);
    for (const value of Object.values(part)) look(value);
  };
  look(document.paths);
  look(document.components);
  expect([...formats].toSorted()).toEqual(["date-time", "uuid"]);
});

test("a request that follows the document's example is accepted", async () => {
  const { ali, conversationId } = await newPair(server);
  const example = (name: string) =>
    operations.find((known) => known.name === name)!.operation.requestBody.content["application/json"].example;
  expect((await ali.post(`/messages/${conversationId}`, example("post /messages/{conversation_id}"))).status).toBe(201);
  expect((await ali.post("/groups", example("post /groups"))).status).toBe(201);
  expect((await server.call("POST", "/register", example("post /register"))).status).toBe(201);
  expect((await server.call("POST", "/login", example("post /login"))).status).toBe(200);
});

test("the page loads everything from this server, under a policy that allows nothing else", async () => {
  const root = await fetch(server.url, { redirect: "manual" });
  expect([root.status, root.headers.get("location")]).toEqual([302, "/docs"]);
  const page = await server.call("GET", "/docs");
  const policy = page.headers.get("content-security-policy")!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address);
  expect(loaded.length).toBe(4);
  for (const address of loaded) {
    const asset = await server.call("GET", address);
    expect([address, asset.status, asset.headers.get("x-content-type-options")]).toEqual([address, 200, "nosniff"]);
  }
  for (const address of ["/docs/nothing.js", "/docs/..%2f..%2fpackage.json", "/docs/%2e%2e/app.ts"]) {
    expect([address, (await server.call("GET", address)).status]).toEqual([address, 404]);
  }
});
