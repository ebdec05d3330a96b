// That docs/asyncapi.yaml is what the protocol's schemas make, all of them, in a form that others can read; and that it is what
// the server hands out.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { DiagnosticSeverity, Parser } from "@asyncapi/parser";
import { Value } from "@sinclair/typebox/value";
import { asyncApiYaml, buildAsyncApi } from "../../src/docs/asyncapi/asyncapi.ts";
import { frames } from "../../src/docs/asyncapi/frames.ts";
import { commandsOn, framesOn } from "../../src/protocol/index.ts";
import { CLOSE_CODES } from "../../src/protocol/limits.ts";
import { newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { type Json, shapeChecker } from "./shape.ts";

const file = await Bun.file(join(import.meta.dir, "../../docs/asyncapi.yaml")).text();
const document: Json = Bun.YAML.parse(file);
const fits = shapeChecker(document);

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const follow = ({ $ref }: { $ref: string }): Json =>
  $ref
    .slice(2)
    .split("/")
    .reduce((part, name) => part[name], document);

/** The channel's messages of a type, as the file has them. */
const messagesOf = (channel: string, type: string): Json[] =>
  Object.values<Json>(document.channels[channel].messages)
    .map(follow)
    .filter(({ name }) => name === type);

test("the file is what the protocol makes: `bun run docs:asyncapi` writes it anew", () => {
  expect(file === asyncApiYaml()).toBe(true);
  expect(document).toEqual(buildAsyncApi());
});

test("AsyncAPI's own parser finds nothing wrong with it", async () => {
  const { diagnostics, document: parsed } = await new Parser().parse(file);
  const errors = diagnostics.filter(({ severity }) => severity === DiagnosticSeverity.Error);
  expect(errors.map(({ message, path }) => [path.join("."), message])).toEqual([]);
  expect(parsed!.channels().length).toBe(3);
  expect(parsed!.allMessages().length).toBe(frames.length);
});

const CHANNELS = { account: "account", direct: "conversation", group: "group" } as const;
const KINDS = Object.keys(CHANNELS) as (keyof typeof CHANNELS)[];

test("every command is there: its fields, an operation, and its replies", () => {
  for (const kind of KINDS) {
    const channel = CHANNELS[kind];
    for (const [type, schema] of commandsOn(kind)) {
      const operation = document.operations[`${channel}.${type}`];
      expect([channel, type, operation.action]).toEqual([channel, type, "receive"]);
      const message = follow(follow(operation.messages[0]));
      expect([channel, fieldsOf(message.payload)]).toEqual([channel, fieldsOf(schema)]);
      const replies = operation.reply.messages.map((reply: { $ref: string }) => follow(follow(reply)).name);
      expect(replies).toContain("ack");
      expect(replies).toContain("error");
      expect(replies.includes("pong")).toBe(type === "ping");
      expect(replies.includes("resumed")).toBe(type === "resume");
    }
  }
  expect(Object.values<Json>(document.operations).filter(({ action }) => action === "receive").length).toBe(
    KINDS.reduce((sum, kind) => sum + commandsOn(kind).size, 0),
  );
});

test("every frame of the server's is there, on the sockets that it may come on", () => {
  for (const kind of KINDS) {
    const channel = CHANNELS[kind];
    const listed = Object.values<Json>(document.channels[channel].messages)
      .map(follow)
      .filter(({ tags }) => tags[0].name !== "command");
    expect([channel, listed.map(({ name }) => name)]).toEqual([channel, framesOn(kind).map(({ type }) => type)]);
    for (const { type, schema } of framesOn(kind)) {
      const { payload } = listed.find(({ name }) => name === type)!;
      expect([type, fieldsOf(payload)]).toEqual([type, fieldsOf(schema)]);
    }
  }
  expect(messagesOf("conversation", "group.message.new")).toEqual([]);
  expect(messagesOf("group", "message.new")).toEqual([]);
  expect(messagesOf("group", "presence")).toEqual([]);
});

/** Each field with whether it must be there. */
const fieldsOf = ({ properties, required = [] }: Json) =>
  Object.fromEntries(Object.keys(properties).map((name) => [name, required.includes(name)]));

test("every frame has words and examples, and the examples fit the protocol and the document", () => {
  for (const { key, schema, role } of frames) {
    const { title, summary, payload, examples } = document.components.messages[key];
    expect([key, title.length > 0, summary.length > 0, examples.length > 0]).toEqual([key, true, true, true]);
    for (const example of examples) {
      expect([key, example.payload, Value.Check(schema, example.payload)]).toEqual([key, example.payload, true]);
      expect([key, example.payload, fits(payload, example.payload)]).toEqual([key, example.payload, true]);
      const { conversation_id, group_id } = { ...example.payload, ...example.payload.data };
      expect([key, conversation_id !== undefined && group_id !== undefined]).toEqual([key, false]);
    }
    if (role === "command") expect([key, examples.some((one: Json) => one.payload.data)]).toEqual([key, false]);
  }
});

test("every way to be closed is there, under its code", () => {
  const listed = document["x-close-codes"].filter(({ reason }: Json) => reason);
  expect(Object.fromEntries(listed.map(({ reason, code }: Json) => [reason, code]))).toEqual(CLOSE_CODES);
  for (const { meaning, action } of document["x-close-codes"]) expect(meaning && action).toBeTruthy();
});

test("the server hands out the same, also once it has been in use", async () => {
  const { ali, conversationId } = await newPair(server);
  const { owner, groupId } = await newGroup(server, 2);
  await ali.post(`/messages/${conversationId}`, { body: "hello" });
  await ali.get(`/messages/${conversationId}`);
  await owner.post(`/groups/${groupId}/messages`, { body: "hello" });
  await owner.get("/friends/requests");
  const answer = await server.call("GET", "/asyncapi.json");
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toStartWith("application/json");
  expect(answer.body).toEqual(document);
});
