import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { described, refusals } from "../../http/responses.ts";
import { takeBodyAliases } from "../../lib/aliases.ts";
import {
  DELETED,
  DirectHistory,
  DirectMessage,
  EDITED,
  HistoryQuery,
  MessageEdit,
  PostedMessage,
} from "../../protocol/messages.ts";
import {
  ambiguousPage,
  cannotWrite,
  mayNotDelete,
  messageDeleted,
  notAuthor,
  notFound,
  recipientBlocked,
  serverBusy,
  userBlocked,
} from "../../protocol/refusals.ts";
import { One } from "../../protocol/types.ts";
import { readMarkdown } from "./format.ts";
import { ConversationParams, MessageParams } from "./params.ts";
import { deleteMessage, editMessage, listMessages, sendMessage } from "./service.ts";

export const messagesModule = (core: Core) =>
  new Elysia({ name: "messages", tags: ["Messages"] })
    .use(authentication(core))
    .get(
      "/messages/:conversation_id",
      async ({ session, params, query }) => {
        const page = await listMessages(core, session.userId, "direct", params.conversation_id, query);
        return page as DirectHistory;
      },
      {
        auth: "read",
        params: ConversationParams,
        query: HistoryQuery,
        response: { 200: DirectHistory, ...refusals(ambiguousPage, notFound("conversation"), notFound("message")) },
        detail: {
          operationId: "listMessages",
          summary: "Messages of a conversation",
          description:
            "Oldest first inside a page. `page` counts from the newest; `before` and `after` cost the same at any depth, and `next_cursor` is the id to go on with. `around` a message the page has it in its middle: `next_cursor` goes on to older ones, `previous_cursor` (for `after`) to newer ones.",
        },
      },
    )
    .post(
      "/messages/:conversation_id",
      async ({ session, params, body, set }) => {
        const room = { kind: "direct", id: params.conversation_id } as const;
        const message = body.format === undefined ? body : await readMarkdown(core, room, body);
        const sent = await sendMessage(core, session, room, message);
        set.status = sent.repeated ? 200 : 201;
        return { data: sent.message as DirectMessage };
      },
      {
        auth: "write",
        params: ConversationParams,
        transform: takeBodyAliases,
        body: PostedMessage,
        response: {
          201: One(DirectMessage),
          200: described(One(DirectMessage), { description: "Seen before: the first one" }),
          ...refusals(recipientBlocked, cannotWrite, notFound("conversation"), notFound("message"), serverBusy),
        },
        detail: {
          operationId: "sendMessage",
          summary: "Send a message",
          description:
            "The same path to storage and to open sockets as `message.send`. 201 for a new message, 200 with the first one when `client_id` was seen before.",
        },
      },
    )
    .put(
      "/messages/:conversation_id/:message_id",
      async ({ session, params, body }) => ({
        data: (await editMessage(
          core,
          session.userId,
          "direct",
          params.conversation_id,
          params.message_id,
          body,
        )) as DirectMessage,
      }),
      {
        auth: "write",
        params: MessageParams,
        body: MessageEdit,
        response: {
          200: described(One(DirectMessage), EDITED),
          ...refusals(
            userBlocked,
            cannotWrite,
            notAuthor,
            notFound("message"),
            notFound("conversation"),
            notFound("file"),
            messageDeleted,
          ),
        },
        detail: {
          operationId: "editMessage",
          summary: "Edit a message",
          description:
            "One's own. Everyone in the conversation gets `message.updated`. With `attachments` the files that are left out are taken out of it, and are gone; none can be added.",
        },
      },
    )
    .delete(
      "/messages/:conversation_id/:message_id",
      async ({ session, params }) => ({
        data: (await deleteMessage(
          core,
          session.userId,
          "direct",
          params.conversation_id,
          params.message_id,
        )) as DirectMessage,
      }),
      {
        auth: "write",
        params: MessageParams,
        response: {
          200: described(One(DirectMessage), DELETED),
          ...refusals(mayNotDelete, notFound("message"), notFound("conversation")),
        },
        detail: {
          operationId: "deleteMessage",
          summary: "Delete a message",
          description: "One's own. It keeps its place with its text gone; everyone gets `message.deleted`.",
        },
      },
    );
