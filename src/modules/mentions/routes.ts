// The route of the inbox.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { Mention, MentionKind } from "../../protocol/mentions.ts";
import { unknownCursor } from "../../protocol/refusals.ts";
import { Page } from "../../protocol/types.ts";
import { listMentions } from "./service.ts";

export const mentionsModule = (core: Core) =>
  new Elysia({ name: "mentions", tags: ["Mentions"] })
    .use(authentication(core))
    .get("/mentions", ({ session, query }) => listMentions(core, session.userId, query), {
      auth: "read",
      query: Type.Composite([Type.Object({ kind: Type.Optional(MentionKind) }), PageQuery]),
      response: { 200: Page(Mention), ...refusals(unknownCursor) },
      detail: {
        operationId: "listMentions",
        summary: "What is for you",
        description:
          "Messages that mention you or all, replies to yours, and yours that others reacted to (moved up by each reaction), newest first: in the rooms that you belong to, of people whom you do not block.",
      },
    });
