// Routes of reactions to messages in groups, on the same service as those in conversations.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { MessageReactions, Reactor } from "../../protocol/reactions.ts";
import { messageDeleted, muted, notFound, notMember, unknownCursor } from "../../protocol/refusals.ts";
import { One, Page } from "../../protocol/types.ts";
import { GroupMessageParams } from "../groups/params.ts";
import { GroupReactionParams, ReactorsQuery } from "./params.ts";
import { listReactions, react } from "./service.ts";

export const groupReactionsModule = (core: Core) =>
  new Elysia({ name: "group-reactions", tags: ["Group messages"] })
    .use(authentication(core))
    .get(
      "/groups/:group_id/messages/:message_id/reactions",
      ({ session, params: { group_id: id, message_id }, query }) =>
        listReactions(core, session.userId, { kind: "group", id }, message_id, query),
      {
        auth: "read",
        params: GroupMessageParams,
        query: ReactorsQuery,
        response: {
          200: Page(Reactor),
          ...refusals(unknownCursor, notMember, notFound("message"), notFound("group")),
        },
        detail: {
          operationId: "listGroupReactions",
          summary: "Who reacted to a group message",
          description: "Newest first.",
        },
      },
    )
    .put(
      "/groups/:group_id/messages/:message_id/reactions/:emoji",
      async ({ session, params: { group_id: id, message_id, emoji } }) => ({
        data: await react(core, session.userId, { kind: "group", id }, "reaction.added", message_id, emoji),
      }),
      {
        auth: "write",
        params: GroupReactionParams,
        response: {
          200: One(MessageReactions),
          ...refusals(muted, notMember, notFound("message"), notFound("group"), messageDeleted),
        },
        detail: {
          operationId: "addGroupReaction",
          summary: "React to a group message",
          description: "As in conversations.",
        },
      },
    )
    .delete(
      "/groups/:group_id/messages/:message_id/reactions/:emoji",
      async ({ session, params: { group_id: id, message_id, emoji } }) => ({
        data: await react(core, session.userId, { kind: "group", id }, "reaction.removed", message_id, emoji),
      }),
      {
        auth: "write",
        params: GroupReactionParams,
        response: { 200: One(MessageReactions), ...refusals(notMember, notFound("message"), notFound("group")) },
        detail: {
          operationId: "removeGroupReaction",
          summary: "Take a reaction to a group message back",
          description: "One's own, also while muted. Doing it twice changes nothing.",
        },
      },
    );
