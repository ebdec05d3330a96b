// Reports by the SDK: sent, heard of, listed and closed.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { newGroup, startServer, type TestServer } from "../../support/harness.ts";
import { closeChats, openChat } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(closeChats);
afterAll(() => server.close());

test("a message is reported, and a group's admin hears of it, and deletes the message with the report", async () => {
  const { owner, others, groupId } = await newGroup(server, 3);
  const chat = await openChat(owner, server.url);
  const theirs = await openChat(others[0]!, server.url);
  const sent = (await others[1]!.post(`/groups/${groupId}/messages`, { body: "Buy this!" })).body.data;
  const heard = Promise.withResolvers<object>();
  const stop = chat.onReport(heard.resolve);
  const report = { message_id: sent.id, reason: "spam", comment: "every day" } as const;
  const { id } = await theirs.report(report);
  expect(await heard.promise).toEqual({ report_id: id, group_id: groupId });
  stop();
  expect(theirs.report(report)).rejects.toMatchObject({ code: "already_reported", status: 409 });
  const { data } = await chat.groups.listReports(groupId);
  expect(data).toMatchObject([{ id, reason: "spam", comment: "every day", message: { body: "Buy this!" } }]);
  const closed = await chat.groups.closeReport(groupId, id, { status: "resolved", action: "delete_message" });
  expect(closed).toMatchObject({ status: "resolved", message: { deleted: true } });
  expect((await chat.groups.listReports(groupId)).data).toEqual([]);
  expect((await chat.groups.listReports(groupId, { status: "resolved" })).data).toMatchObject([{ id }]);
});
