// Routes of bans in groups.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { Ban, NewBan } from "../../protocol/groups.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import {
  adminRequired,
  cannotBanSelf,
  notFound,
  notMember,
  rankTooLow,
  unknownCursor,
} from "../../protocol/refusals.ts";
import { Done, One, Page } from "../../protocol/types.ts";
import { banUser, liftBan, listBans } from "./bans.ts";
import { BanParams, GroupParams } from "./params.ts";

export const groupBansModule = (core: Core) =>
  new Elysia({ name: "group-bans", tags: ["Groups"] })
    .use(authentication(core))
    .get(
      "/groups/:group_id/bans",
      ({ session, params, query }) =>
        listBans(core, session.userId, params.group_id, query.cursor, query.limit ?? PAGE_LIMIT),
      {
        auth: "read",
        params: GroupParams,
        query: PageQuery,
        response: { 200: Page(Ban), ...refusals(unknownCursor, adminRequired, notMember, notFound("group")) },
        detail: {
          operationId: "listBans",
          summary: "Bans of a group",
          description: "Those that stand, newest first. For an admin or the owner.",
        },
      },
    )
    .put(
      "/groups/:group_id/bans/:user_id",
      async ({ session, params, body }) => ({
        data: await banUser(core, session.userId, params.group_id, params.user_id, body ?? {}),
      }),
      {
        auth: "manage",
        params: BanParams,
        body: Type.Optional(NewBan),
        response: {
          200: One(Ban),
          ...refusals(cannotBanSelf, adminRequired, rankTooLow, notMember, notFound("user"), notFound("group")),
        },
        detail: {
          operationId: "banUser",
          summary: "Ban someone from a group",
          description:
            "An admin or the owner, anyone of lower rank, member or not: a member is removed at once, and while the ban stands nobody can join or be added. Banning again replaces the reason and the end.",
        },
      },
    )
    .delete(
      "/groups/:group_id/bans/:user_id",
      async ({ session, params }) => {
        await liftBan(core, session.userId, params.group_id, params.user_id);
        return { detail: "Ban lifted." };
      },
      {
        auth: "manage",
        params: BanParams,
        response: { 200: Done, ...refusals(adminRequired, notMember, notFound("group")) },
        detail: {
          operationId: "liftBan",
          summary: "Lift a ban",
          description: "An admin or the owner. Lifting a ban that there is not changes nothing.",
        },
      },
    );
