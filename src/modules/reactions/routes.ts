// Routes of reactions to messages in conversations; those in groups are in group-routes.ts, on the same service.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { REACTIONS_LIMIT } from "../../protocol/limits.ts";
import { MessageReactions, Reactor } from "../../protocol/reactions.ts";
import { cannotWrite, messageDeleted, notFound, recipientBlocked, unknownCursor } from "../../protocol/refusals.ts";
import { One, Page } from "../../protocol/types.ts";
import { MessageParams } from "../messages/params.ts";
import { ReactionParams, ReactorsQuery } from "./params.ts";
import { listReactions, react } from "./service.ts";

export const reactionsModule = (core: Core) =>
  new Elysia({ name: "reactions", tags: ["Messages"] })
    .use(authentication(core))
    .get(
      "/messages/:conversation_id/:message_id/reactions",
      ({ session, params: { conversation_id: id, message_id }, query }) =>
        listReactions(core, session.userId, { kind: "direct", id }, message_id, query),
      {
        auth: "read",
        params: MessageParams,
        query: ReactorsQuery,
        response: { 200: Page(Reactor), ...refusals(unknownCursor, notFound("message"), notFound("conversation")) },
        detail: { operationId: "listReactions", summary: "Who reacted to a message", description: "Newest first." },
      },
    )
    .put(
      "/messages/:conversation_id/:message_id/reactions/:emoji",
      async ({ session, params: { conversation_id: id, message_id, emoji } }) => ({
        data: await react(core, session.userId, { kind: "direct", id }, "reaction.added", message_id, emoji),
      }),
      {
        auth: "write",
        params: ReactionParams,
        response: {
          200: One(MessageReactions),
          ...refusals(recipientBlocked, cannotWrite, notFound("message"), notFound("conversation"), messageDeleted),
        },
        detail: {
          operationId: "addReaction",
          summary: "React to a message",
          description: `Doing it twice changes nothing. A message has at most ${REACTIONS_LIMIT} different emojis; the next one is \`invalid\`.`,
        },
      },
    )
    .delete(
      "/messages/:conversation_id/:message_id/reactions/:emoji",
      async ({ session, params: { conversation_id: id, message_id, emoji } }) => ({
        data: await react(core, session.userId, { kind: "direct", id }, "reaction.removed", message_id, emoji),
      }),
      {
        auth: "write",
        params: ReactionParams,
        response: { 200: One(MessageReactions), ...refusals(notFound("message"), notFound("conversation")) },
        detail: {
          operationId: "removeReaction",
          summary: "Take a reaction back",
          description: "One's own. Doing it twice changes nothing.",
        },
      },
    );
