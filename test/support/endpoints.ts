// Every call that takes ids, a body or pages, with input that fits, for tests that spoil one part of it at a time.
import { expect } from "bun:test";
import { type Answer, expectRefusal, newGroup, newPair, type TestServer, type User } from "./harness.ts";

export interface Endpoint {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Ids in braces, as in the contract. */
  path: string;
  body?: Record<string, unknown>;
  /** Set where a body may be left out. */
  bodyOptional?: boolean;
  /** Set where there need not be a session. */
  open?: boolean;
}

const list = (path: string): Endpoint => ({ method: "GET", path });

export const LISTS = [
  list("/friends"),
  list("/friends/requests"),
  list("/blocks"),
  list("/users?query=a"),
  list("/conversations"),
  list("/groups"),
  list("/groups/my"),
  list("/groups/public"),
  list("/groups/{group_id}/members"),
  list("/groups/{group_id}/bans"),
];

export const HISTORIES = [list("/messages/{conversation_id}"), list("/groups/{group_id}/messages")];

export const WITH_BODY: Endpoint[] = [
  {
    method: "POST",
    path: "/register",
    body: { username: "somebody", email: "somebody@example.com", password: "a-private-password" },
    open: true,
  },
  { method: "POST", path: "/login", body: { username: "somebody", password: "a-private-password" }, open: true },
  {
    method: "PUT",
    path: "/me",
    body: {
      display_name: "Somebody",
      status: { text: "here", emoji: "📅", until: "2999-01-01T00:00:00Z" },
      locale: "tr-TR",
      time_zone: "Europe/Istanbul",
    },
  },
  { method: "PUT", path: "/me/avatar", body: { file_id: 7 } },
  {
    method: "PUT",
    path: "/me/privacy",
    body: { messages_from: "everyone", groups_from: "everyone", last_seen: true, read_receipts: true },
  },
  {
    method: "PUT",
    path: "/me/password",
    body: { current_password: "a-private-password", new_password: "another-private-password" },
  },
  {
    method: "POST",
    path: "/messages/{conversation_id}",
    body: { body: "hello", client_id: "0b9f1f5e-6f0b-4d3f-9a51-3a1c2f6f8a10" },
  },
  { method: "PUT", path: "/messages/{conversation_id}/{message_id}", body: { body: "hello", content: "hello" } },
  { method: "POST", path: "/groups", body: { name: "Weekend", description: "Where to?", is_private: true } },
  { method: "PUT", path: "/groups/{group_id}", body: { name: "Weekend", description: "Where to?" } },
  { method: "PUT", path: "/groups/{group_id}/visibility", body: { is_private: true } },
  { method: "POST", path: "/groups/{group_id}/members", body: { user_id: 7 } },
  { method: "PUT", path: "/groups/{group_id}/members/me/read", body: { last_message_id: 7 }, bodyOptional: true },
  { method: "PUT", path: "/groups/{group_id}/members/{member_id}/role", body: { role: "member" } },
  {
    method: "PUT",
    path: "/groups/{group_id}/members/{member_id}/mute",
    body: { until: "2999-01-01T00:00:00Z" },
    bodyOptional: true,
  },
  {
    method: "PUT",
    path: "/groups/{group_id}/bans/{user_id}",
    body: { reason: "Advertising", until: "2999-01-01T00:00:00Z" },
    bodyOptional: true,
  },
  {
    method: "POST",
    path: "/groups/{group_id}/messages",
    body: { body: "hello", client_id: "0b9f1f5e-6f0b-4d3f-9a51-3a1c2f6f8a10" },
  },
  { method: "PUT", path: "/groups/{group_id}/messages/{message_id}", body: { body: "hello", content: "hello" } },
];

const WITHOUT_BODY: Endpoint[] = [
  { method: "POST", path: "/logout" },
  { method: "GET", path: "/me" },
  { method: "GET", path: "/me/privacy" },
  { method: "DELETE", path: "/me/avatar" },
  { method: "GET", path: "/users/{user}" },
  { method: "POST", path: "/friends/requests/{friend}" },
  { method: "POST", path: "/requests/{request_id}/accept" },
  { method: "POST", path: "/requests/{request_id}/decline" },
  { method: "DELETE", path: "/requests/{request_id}" },
  { method: "DELETE", path: "/friends/{friend_id}" },
  { method: "PUT", path: "/blocks/{user_id}" },
  { method: "DELETE", path: "/blocks/{user_id}" },
  { method: "POST", path: "/conversations/{friend_id}" },
  { method: "DELETE", path: "/messages/{conversation_id}/{message_id}" },
  { method: "GET", path: "/groups/{group_id}" },
  { method: "DELETE", path: "/groups/{group_id}" },
  { method: "POST", path: "/groups/{group_id}/join" },
  { method: "POST", path: "/groups/{group_id}/leave" },
  { method: "DELETE", path: "/groups/{group_id}/members/me" },
  { method: "DELETE", path: "/groups/{group_id}/members/{member_id}" },
  { method: "PUT", path: "/groups/{group_id}/members/{member_id}/unmute" },
  { method: "DELETE", path: "/groups/{group_id}/bans/{user_id}" },
  { method: "DELETE", path: "/groups/{group_id}/messages/{message_id}" },
];

export const ALL = [...LISTS, ...HISTORIES, ...WITH_BODY, ...WITHOUT_BODY];

/** For `test.each`: a title and the endpoint. */
export const titled = (list: Endpoint[]) =>
  list.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const);

export type Body = string | Uint8Array<ArrayBuffer> | ReadableStream;

/** A call with exactly these headers and this body. */
export async function rawCall(
  url: string,
  method: string,
  path: string,
  body?: Body,
  headers: Record<string, string> = {},
) {
  const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : "", headers: response.headers };
}

/** A refusal in the contract's form that is the client's fault and gives nothing away. */
export function expectClientError(answer: Answer) {
  expect(answer.status).toBeWithin(400, 500);
  expectRefusal(answer, answer.status, answer.body.code);
  expect(JSON.stringify(answer.body)).not.toMatch(/private-password|postgres|stack|select |node_modules|TypeError/i);
}

/** Somebody to whom all of it may happen, and real ids for the paths. */
export async function newScene(server: TestServer) {
  const { ali, veli, conversationId } = await newPair(server);
  const { owner, others, groupId } = await newGroup(server, 2);
  const ids: Record<string, string | number> = {
    conversation_id: conversationId,
    group_id: groupId,
    member_id: others[0]!.id,
    friend: veli.id,
    user: veli.id,
    friend_id: veli.id,
    user_id: veli.id,
    request_id: 1,
    message_id: 1,
  };
  const fill = (path: string, spoilt: Record<string, string> = {}) =>
    path.replace(/\{(\w+)\}/g, (_braces, name) => String(spoilt[name] ?? ids[name]));
  /** Who is in the room that the path is about. */
  const callerOf = (path: string): User => (path.startsWith("/groups/{") ? owner : ali);
  /** Calls an endpoint as somebody who may. */
  const send = (endpoint: Endpoint, path: string, body?: Body, type = "application/json"): Promise<Answer> =>
    rawCall(server.url, endpoint.method, path, body, {
      authorization: `Bearer ${callerOf(endpoint.path).token}`,
      "content-type": type,
    });
  return { fill, send };
}
