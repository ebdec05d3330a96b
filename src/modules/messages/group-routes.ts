// Routes of messages in groups, on the same service as those in conversations.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { described, refusals } from "../../http/responses.ts";
import { takeBodyAliases } from "../../lib/aliases.ts";
import {
  DELETED,
  EDITED,
  GroupHistory,
  GroupMessage,
  HistoryQuery,
  MessageEdit,
  PostedMessage,
} from "../../protocol/messages.ts";
import {
  ambiguousPage,
  mayNotDelete,
  mayNotMentionAll,
  messageDeleted,
  muted,
  notAuthor,
  notFound,
  notMember,
  serverBusy,
} from "../../protocol/refusals.ts";
import { One } from "../../protocol/types.ts";
import { GroupMessageParams, GroupParams } from "../groups/params.ts";
import { readMarkdown } from "./format.ts";
import { deleteMessage, editMessage, listMessages, sendMessage } from "./service.ts";

export const groupMessagesModule = (core: Core) =>
  new Elysia({ name: "group-messages", tags: ["Group messages"] })
    .use(authentication(core))
    .get(
      "/groups/:group_id/messages",
      async ({ session, params, query }) => {
        const page = await listMessages(core, session.userId, "group", params.group_id, query);
        return page as GroupHistory;
      },
      {
        auth: "read",
        params: GroupParams,
        query: HistoryQuery,
        response: { 200: GroupHistory, ...refusals(ambiguousPage, notMember, notFound("group"), notFound("message")) },
        detail: {
          operationId: "listGroupMessages",
          summary: "Messages of a group",
          description: "As in conversations: oldest first inside a page.",
        },
      },
    )
    .post(
      "/groups/:group_id/messages",
      async ({ session, params, body, set }) => {
        const room = { kind: "group", id: params.group_id } as const;
        const message = body.format === undefined ? body : await readMarkdown(core, room, body);
        const sent = await sendMessage(core, session, room, message);
        set.status = sent.repeated ? 200 : 201;
        return { data: sent.message as GroupMessage };
      },
      {
        auth: "write",
        params: GroupParams,
        transform: takeBodyAliases,
        body: PostedMessage,
        response: {
          201: One(GroupMessage),
          200: described(One(GroupMessage), { description: "Seen before: the first one" }),
          ...refusals(muted, mayNotMentionAll, notMember, notFound("group"), notFound("message"), serverBusy),
        },
        detail: {
          operationId: "sendGroupMessage",
          summary: "Send a message to a group",
          description:
            "The same path as `group.message.send`. 200 with the first message when `client_id` was seen before.",
        },
      },
    )
    .put(
      "/groups/:group_id/messages/:message_id",
      async ({ session, params, body }) => ({
        data: (await editMessage(
          core,
          session.userId,
          "group",
          params.group_id,
          params.message_id,
          body,
        )) as GroupMessage,
      }),
      {
        auth: "write",
        params: GroupMessageParams,
        body: MessageEdit,
        response: {
          200: described(One(GroupMessage), EDITED),
          ...refusals(
            muted,
            notAuthor,
            mayNotMentionAll,
            notMember,
            notFound("message"),
            notFound("group"),
            notFound("file"),
            messageDeleted,
          ),
        },
        detail: {
          operationId: "editGroupMessage",
          summary: "Edit a group message",
          description:
            "One's own, unless muted. `content` is another name for `body`; `attachments` as in conversations.",
        },
      },
    )
    .delete(
      "/groups/:group_id/messages/:message_id",
      async ({ session, params }) => ({
        data: (await deleteMessage(core, session.userId, "group", params.group_id, params.message_id)) as GroupMessage,
      }),
      {
        auth: "write",
        params: GroupMessageParams,
        response: {
          200: described(One(GroupMessage), DELETED),
          ...refusals(mayNotDelete, notMember, notFound("message"), notFound("group")),
        },
        detail: {
          operationId: "deleteGroupMessage",
          summary: "Delete a group message",
          description: "The author, an admin or the owner. It keeps its place with its text gone.",
        },
      },
    );
