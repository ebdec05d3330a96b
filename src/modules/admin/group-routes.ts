// Reading groups, for moderators and admins.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { AdminGroup, AdminGroupFilter, AdminMember } from "../../protocol/admin.ts";
import { moderatorsOnly, notFound, unknownCursor } from "../../protocol/refusals.ts";
import { IdText, One, Page } from "../../protocol/types.ts";

const GroupParams = Type.Object({ group_id: IdText("Group id.", 9) });

const load = () => import("./groups.ts");

export const adminGroupsModule = (core: Core) =>
  new Elysia({ name: "admin groups", tags: ["Administration"] })
    .use(authentication(core))
    .get("/admin/groups", async ({ query }) => (await load()).listAllGroups(core, query), {
      auth: "moderate",
      query: Type.Composite([AdminGroupFilter, PageQuery]),
      response: { 200: Page(AdminGroup), ...refusals(moderatorsOnly, unknownCursor) },
      detail: {
        operationId: "listAllGroups",
        summary: "All groups",
        description: "Newest first, private ones as well: whose they are and how large, without what is said in them.",
      },
    })
    .get(
      "/admin/groups/:group_id",
      async ({ params }) => ({ data: await (await load()).getAnyGroup(core, params.group_id) }),
      {
        auth: "moderate",
        params: GroupParams,
        response: { 200: One(AdminGroup), ...refusals(moderatorsOnly, notFound("group")) },
        detail: {
          operationId: "getAnyGroup",
          summary: "One of them",
          description: "Private or not, without what is said in it.",
        },
      },
    )
    .get(
      "/admin/groups/:group_id/members",
      async ({ params, query }) => (await load()).listAnyMembers(core, params.group_id, query),
      {
        auth: "moderate",
        params: GroupParams,
        query: PageQuery,
        response: { 200: Page(AdminMember), ...refusals(moderatorsOnly, notFound("group"), unknownCursor) },
        detail: {
          operationId: "listAnyMembers",
          summary: "Members of any group",
          description: "Who is in it and since when, in order of their ids.",
        },
      },
    );
