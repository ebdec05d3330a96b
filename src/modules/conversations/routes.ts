// Routes of direct conversations.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { Conversation, ConversationId } from "../../protocol/conversations.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import {
  botMayNotBegin,
  cannotConverseWithSelf,
  notFound,
  unknownCursor,
  userBlocked,
} from "../../protocol/refusals.ts";
import { IdText, Page } from "../../protocol/types.ts";
import { listConversations, openConversation } from "./service.ts";

export const conversationsModule = (core: Core) =>
  new Elysia({ name: "conversations", tags: ["Conversations"] })
    .use(authentication(core))
    .get(
      "/conversations",
      ({ session, query }) => listConversations(core, session.userId, query.cursor, query.limit ?? PAGE_LIMIT),
      {
        auth: "read",
        query: PageQuery,
        response: { 200: Page(Conversation), ...refusals(unknownCursor) },
        detail: {
          operationId: "listConversations",
          summary: "Your conversations",
          description: "Newest activity first, each with the other person, the last message and the unread count.",
        },
      },
    )
    .post(
      "/conversations/:friend_id",
      async ({ session, params }) => ({
        conversation_id: await openConversation(core, session.userId, params.friend_id),
      }),
      {
        auth: "write",
        params: Type.Object({ friend_id: IdText("The other person's user id.", 3) }),
        response: {
          200: ConversationId,
          ...refusals(cannotConverseWithSelf, userBlocked, botMayNotBegin, notFound("user")),
        },
        detail: {
          operationId: "openConversation",
          summary: "Open a conversation",
          description: "Returns the conversation of the two of you, and makes it if there is none.",
        },
      },
    );
