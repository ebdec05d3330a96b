// What has happened in a group besides messages: who joined, left, was muted, and what the settings became.
import { type Static, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { GroupEvent } from "../../protocol/index.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import { notFound, notMember } from "../../protocol/refusals.ts";
import { IntegerText, Page } from "../../protocol/types.ts";
import { toWire } from "../../timeline/events.ts";
import { listGroupChanges } from "../../timeline/history.ts";
import { GroupParams } from "./params.ts";
import { requireMember } from "./policy.ts";

const Seq = (description: string, example: number) => IntegerText(0, Number.MAX_SAFE_INTEGER, description, example);

export const groupChangesModule = (core: Core) =>
  new Elysia({ name: "group-changes", tags: ["Groups"] }).use(authentication(core)).get(
    "/groups/:group_id/events",
    async ({ session, params, query }) => {
      await requireMember(core.db, params.group_id, session.userId);
      const { after, before, cursor = before, limit = PAGE_LIMIT } = query;
      const bounds = { ...(after === undefined ? {} : { after }), ...(cursor === undefined ? {} : { before: cursor }) };
      const { changes, more } = await listGroupChanges(core.db, params.group_id, bounds, limit);
      const data = changes.map((change) => toWire(change) as Static<typeof GroupEvent>);
      return { data, next_cursor: more ? String(data[0]!.seq) : null };
    },
    {
      auth: "read",
      params: GroupParams,
      query: Type.Object({
        after: Type.Optional(Seq("Only changes past this `seq`.", 4)),
        before: Type.Optional(Seq("Only changes before this `seq`.", 20)),
        limit: Type.Optional(
          IntegerText(1, PAGE_LIMIT, `Changes a page, 1 to ${PAGE_LIMIT}; ${PAGE_LIMIT} by default.`, PAGE_LIMIT),
        ),
        cursor: Type.Optional(Seq("`next_cursor` of the page before; takes the place of `before`.", 20)),
      }),
      response: { 200: Page(GroupEvent), ...refusals(notMember, notFound("group")) },
      detail: {
        operationId: "listGroupEvents",
        summary: "Changes of a group",
        description:
          "Everything with a `seq` that is not about a message, as sockets send it: who joined, left, has another role or was muted, and changed settings. The newest that fit, oldest first inside a page; `next_cursor` is the `before` of the next page.",
      },
    },
  );
