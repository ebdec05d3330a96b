// Routes of invites to groups: for their admins, and for whoever has the code.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { clientAddress, networkOf } from "../../http/client-address.ts";
import { requireOwnPage } from "../../http/origin.ts";
import { PageQuery } from "../../http/pagination.ts";
import { described, refusals } from "../../http/responses.ts";
import { Group } from "../../protocol/groups.ts";
import { Invite, InviteCode, InviteInfo, NewInvite } from "../../protocol/invites.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import {
  adminRequired,
  databaseUnavailable,
  foreignOrigin,
  inviteClosed,
  notFound,
  notMember,
  tooMany,
  unknownCursor,
  youAreBanned,
} from "../../protocol/refusals.ts";
import { Done, One, Page } from "../../protocol/types.ts";
import { GroupParams } from "./params.ts";

// What it does is loaded with the first invite.
const load = () => import("./invites.ts");

const CodeParams = Type.Object({ code: InviteCode });

export const invitesModule = (core: Core) => {
  const networkOfCaller = (request: Request, server: Parameters<typeof clientAddress>[1]) =>
    networkOf(clientAddress(request, server, core.config.trustProxy));
  return new Elysia({ name: "invites", tags: ["Groups"] })
    .use(authentication(core))
    .get(
      "/groups/:group_id/invites",
      async ({ session, params, query }) =>
        (await load()).listInvites(core, session.userId, params.group_id, query.cursor, query.limit ?? PAGE_LIMIT),
      {
        auth: true,
        params: GroupParams,
        query: PageQuery,
        response: { 200: Page(Invite), ...refusals(unknownCursor, adminRequired, notMember, notFound("group")) },
        detail: {
          operationId: "listInvites",
          summary: "Invites of a group",
          description: "Those that have not run out, newest first. For an admin or the owner.",
        },
      },
    )
    .post(
      "/groups/:group_id/invites",
      async ({ session, params, body, set }) => {
        const data = await (await load()).createInvite(core, session.userId, params.group_id, body ?? {});
        set.status = 201;
        return { data };
      },
      {
        auth: true,
        params: GroupParams,
        body: Type.Optional(NewInvite),
        response: { 201: One(Invite), ...refusals(adminRequired, notMember, notFound("group"), notFound("invite")) },
        detail: {
          operationId: "createInvite",
          summary: "Create an invite",
          description:
            "An admin or the owner. Whoever has its link joins the group and, unless registration is closed, may create an account for it.",
        },
      },
    )
    .delete(
      "/groups/:group_id/invites/:code",
      async ({ session, params }) => {
        await (await load()).revokeInvite(core, session.userId, params.group_id, params.code);
        return { detail: "Invite revoked." };
      },
      {
        auth: true,
        params: Type.Object({ ...GroupParams.properties, ...CodeParams.properties }),
        response: { 200: Done, ...refusals(adminRequired, notMember, notFound("group")) },
        detail: {
          operationId: "revokeInvite",
          summary: "Revoke an invite",
          description:
            "An admin or the owner. Who has joined by it stays. Revoking one that there is not changes nothing.",
        },
      },
    )
    .get(
      "/invites/:code",
      async ({ params, request, server }) => {
        // Wrong ones count against the network: nobody's page may spend what its visitors have.
        requireOwnPage(core.config, request);
        return { data: await (await load()).getInvite(core, params.code, networkOfCaller(request, server)) };
      },
      {
        params: CodeParams,
        response: {
          200: One(InviteInfo),
          ...refusals(
            foreignOrigin,
            notFound("invite"),
            inviteClosed,
            tooMany("wrong invites from this network", 60),
            databaseUnavailable,
          ),
        },
        detail: {
          operationId: "getInvite",
          summary: "What an invite is to",
          description:
            "Without a session, for whoever has the code. Twenty wrong ones a minute from a network are answered.",
        },
      },
    )
    .post(
      "/invites/:code/join",
      async ({ session, params, request, server }) => ({
        data: await (await load()).joinByInvite(core, session, params.code, networkOfCaller(request, server)),
      }),
      {
        auth: true,
        params: CodeParams,
        response: {
          200: described(One(Group), { example: { role: "member", unread_count: 0 } }),
          ...refusals(youAreBanned, notFound("invite"), notFound("group"), inviteClosed),
        },
        detail: {
          operationId: "joinWithInvite",
          summary: "Join a group by an invite",
          description: "Public or private. Each person counts once among its uses; for a member it changes nothing.",
        },
      },
    );
};
