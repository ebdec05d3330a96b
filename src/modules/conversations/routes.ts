// Routes of direct conversations.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PAGE_LIMIT, PageQuery } from "../../http/pagination.ts";
import { Conversation, ConversationId } from "../../protocol/conversations.ts";
import { IdText, Page, refusals } from "../../protocol/types.ts";
import { listConversations, openConversation } from "./service.ts";

export const conversationsModule = (core: Core) =>
  new Elysia({ name: "conversations", tags: ["Conversations"] })
    .use(authentication(core))
    .get(
      "/conversations",
      ({ session, query }) => listConversations(core, session.userId, query.cursor, query.limit ?? PAGE_LIMIT),
      {
        auth: true,
        query: PageQuery,
        response: { 200: Page(Conversation), ...refusals(400, 401, 422, 429) },
        detail: {
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
        auth: true,
        params: Type.Object({ friend_id: IdText("The other person's user id.", 3) }),
        response: { 200: ConversationId, ...refusals(400, 401, 403, 404, 422, 429) },
        detail: {
          summary: "Open a conversation",
          description: "Returns the conversation of the two of you, and makes it if there is none.",
        },
      },
    );
