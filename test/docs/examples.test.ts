// That the OpenAPI document is true: its examples are what its schemas say, and so is what the server really answers.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Answer, asUser, newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { indexed } from "../support/search-index.ts";
import { type Described, readDocument } from "./document.ts";
import { type Json, shapeChecker } from "./shape.ts";

let server: TestServer;
let operations: Described[];
let fits: ReturnType<typeof shapeChecker>;

beforeAll(async () => {
  server = await startServer();
  const read = await readDocument(server);
  operations = read.operations;
  fits = shapeChecker(read.document);
});
afterAll(() => server.close());

const find = (name: string) => operations.find((known) => known.name === name)!.operation;

/** Those that answer 503 in their own form. */
const STATUS_CALLS = ["get /health", "get /ready"];

test("every example is what its schema says", () => {
  for (const { name, operation } of operations) {
    for (const { name: parameter, schema, example } of operation.parameters ?? []) {
      if (example !== undefined) expect([name, parameter, fits(schema, example)]).toEqual([name, parameter, true]);
    }
    const answers = Object.entries<Json>({ request: operation.requestBody, ...operation.responses });
    for (const [which, part] of answers) {
      for (const { schema, example } of Object.values<Json>(part?.content ?? {}))
        expect([name, which, fits(schema, example)]).toEqual([name, which, true]);
    }
  }
});

test("the example of a refusal fits its status", () => {
  const code = (name: string, status: number) => find(name).responses[status].content["application/json"].example.code;
  expect(code("post /login", 401)).toBe("bad_credentials");
  expect(code("get /me", 401)).toBe("unauthorized");
  expect(code("post /register", 409)).toBe("username_taken");
  expect(code("delete /groups/{group_id}/members/me", 409)).toBe("owner_must_stay");
  for (const { name, operation } of operations) {
    for (const [status, { headers, content }] of Object.entries<Json>(operation.responses)) {
      if (!content) continue;
      const { example } = Object.values<Json>(content)[0];
      expect([name, status, example.code !== undefined]).toEqual([
        name,
        status,
        status >= "400" && !STATUS_CALLS.includes(name),
      ]);
      const waits = (status === "429" || status === "503") && !STATUS_CALLS.includes(name);
      expect([name, status, headers?.["Retry-After"] !== undefined]).toEqual([name, status, waits]);
    }
  }
});

test("a request that follows the document's example is accepted", async () => {
  const { ali, conversationId } = await newPair(server);
  const example = (name: string) => find(name).requestBody.content["application/json"].example;
  expect((await ali.post(`/messages/${conversationId}`, example("post /messages/{conversation_id}"))).status).toBe(201);
  expect((await ali.post("/groups", example("post /groups"))).status).toBe(201);
  expect((await server.call("POST", "/register", example("post /register"))).status).toBe(201);
  expect((await server.call("POST", "/login", example("post /login"))).status).toBe(200);
});

test("what the server answers is what the document says, field by field", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { owner, others, groupId } = await newGroup(server, 2, { is_private: false });
  const check = async (name: string, status: number, asked: Promise<Answer>) => {
    const answer = await asked;
    expect([name, answer.status]).toEqual([name, status]);
    const { description, content } = find(name).responses[status];
    expect([name, status, fits(content["application/json"].schema, answer.body)]).toEqual([name, status, true]);
    if (answer.body.code) expect(description).toContain(`\`${answer.body.code}\``);
    return answer.body;
  };

  await check("get /me", 200, ali.get("/me"));
  await check("get /me/export", 200, ali.get("/me/export"));
  await check("get /me", 401, server.call("GET", "/me"));
  await check("get /users", 200, ali.get(`/users?query=${veli.username}`));
  await check("get /users", 422, ali.get("/users"));
  await check("get /users", 400, ali.get("/users?query=a&cursor=none"));
  await check("get /search", 404, ali.get("/search?query=hello"));
  await ali.post(`/messages/${conversationId}`, { body: "hello" });
  const searching = await startServer({ search: true }, server.target);
  await indexed(searching.core.sql);
  const searcher = asUser(searching.url, ali.token);
  await check("get /search", 200, searcher.get("/search?query=hello"));
  await check("get /search", 422, searcher.get("/search"));
  await searching.close();
  await check("post /login", 401, server.call("POST", "/login", { username: ali.username, password: "wrong1" }));

  const asked = await check("post /friends/requests/{friend}", 201, ali.post(`/friends/requests/${veli.username}`));
  await check("post /friends/requests/{friend}", 409, ali.post(`/friends/requests/${veli.id}`));
  await check("get /friends/requests", 200, veli.get("/friends/requests"));
  await check("post /requests/{request_id}/accept", 200, veli.post(`/requests/${asked.data.id}/accept`));
  await check("post /requests/{request_id}/accept", 409, veli.post(`/requests/${asked.data.id}/accept`));
  await check("get /friends", 200, ali.get("/friends"));

  const room = `/messages/${conversationId}`;
  const { data: message } = await check("post /messages/{conversation_id}", 201, ali.post(room, { body: "hello" }));
  await check("get /messages/{conversation_id}", 200, veli.get(room));
  await check("get /messages/{conversation_id}", 400, veli.get(`${room}?page=1&before=2`));
  await check("get /messages/{conversation_id}", 404, owner.get(room));
  await check("get /conversations", 200, veli.get("/conversations"));
  const one = "/messages/{conversation_id}/{message_id}";
  await check(`put ${one}`, 200, ali.put(`${room}/${message.id}`, { body: "hello, world" }));
  await check(`put ${one}`, 403, veli.put(`${room}/${message.id}`, { body: "mine" }));
  await check(`delete ${one}`, 200, ali.delete(`${room}/${message.id}`));
  await check(`put ${one}`, 409, ali.put(`${room}/${message.id}`, { body: "again" }));

  const group = `/groups/${groupId}`;
  await check("post /groups/{group_id}/messages", 201, owner.post(`${group}/messages`, { body: "hello" }));
  await check("get /groups/{group_id}", 200, owner.get(group));
  await check("get /groups", 200, others[0]!.get("/groups"));
  await check("get /groups/public", 200, ali.get("/groups/public"));
  await check("get /groups/{group_id}/members", 200, owner.get(`${group}/members`));
  await check("get /groups/{group_id}/members", 403, ali.get(`${group}/members`));
  await check("put /groups/{group_id}/members/me/read", 200, others[0]!.put(`${group}/members/me/read`));
  const muted = `${group}/members/${others[0]!.id}/mute`;
  await check("put /groups/{group_id}/members/{member_id}/mute", 200, owner.put(muted));
  await check("post /groups/{group_id}/messages", 403, others[0]!.post(`${group}/messages`, { body: "hi" }));
  await check("post /groups/{group_id}/leave", 409, owner.post(`${group}/leave`));

  await check("put /blocks/{user_id}", 200, ali.put(`/blocks/${veli.id}`));
  await check("get /blocks", 200, ali.get("/blocks"));
  await check("post /messages/{conversation_id}", 403, ali.post(room, { body: "hi" }));
  for (const path of ["/health", "/ready", "/live"]) await check(`get ${path}`, 200, server.call("GET", path));
});

test("calls say that the database may be away, and answer so when it is", async () => {
  const away = await startServer({ search: true });
  const { token } = await away.newUser();
  await away.core.sql.end({ timeout: 1 });
  for (const { name, path, method, operation } of operations.filter(
    ({ name }) =>
      !["get /metrics", "get /live", "options /files", "get /registration", "get /registration/challenge"].includes(
        name,
      ),
  )) {
    const body = operation.requestBody?.content["application/json"]?.example;
    const address = `${path.replace(/\{\w+\}/g, "3")}${path === "/users" || path === "/search" ? "?query=a" : ""}`;
    const answer = await away.call(method.toUpperCase(), address, body, { authorization: `Bearer ${token}` });
    expect([name, answer.status]).toEqual([name, 503]);
    const { schema } = operation.responses[503].content["application/json"];
    if (method !== "head") expect([name, fits(schema, answer.body)]).toEqual([name, true]);
  }
  await away.close();
});
