// Routes of groups, under the seed's paths and those that the deployed frontend uses besides.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { described, refusals } from "../../http/responses.ts";
import { takeBodyAliases } from "../../lib/aliases.ts";
import { CreatedGroup, Group, GroupUpdate, NewGroup, Visibility } from "../../protocol/groups.ts";
import { GROUP_NAME_LIMIT } from "../../protocol/limits.ts";
import { adminRequired, notFound, notMember, ownerRequired, unknownCursor } from "../../protocol/refusals.ts";
import { Done, One, Page } from "../../protocol/types.ts";
import { GroupParams } from "./params.ts";
import { createGroup, deleteGroup, getGroup, listGroups, setVisibility, updateGroup } from "./service.ts";

const Scope = Type.Union([Type.Literal("mine"), Type.Literal("public")], {
  default: "mine",
  description: "Your groups, or the public ones.",
});

const GroupsQuery = Type.Composite([
  Type.Object({
    query: Type.Optional(
      Type.String({
        format: "text",
        maxLength: GROUP_NAME_LIMIT * 4,
        description: "How words of the name begin, in any case and without accents; several must all be in it.",
        examples: ["week"],
      }),
    ),
  }),
  PageQuery,
]);

// How the example of a group differs: a public one of others', and one that was just created.
const OF_OTHERS = { is_private: false, role: null, unread_count: 0 };
const NEW = { description: "", member_count: 1, last_message: null, unread_count: 0, seq: 0 };

export const groupsModule = (core: Core) =>
  new Elysia({ name: "groups", tags: ["Groups"] })
    .use(authentication(core))
    .get(
      "/groups",
      ({ session, query: { scope = "mine", ...query } }) => listGroups(core, session.userId, scope, query),
      {
        auth: "read",
        query: Type.Composite([Type.Object({ scope: Type.Optional(Scope) }), GroupsQuery]),
        response: { 200: Page(Group), ...refusals(unknownCursor) },
        detail: {
          operationId: "listGroups",
          summary: "Your groups, or the public ones",
          description:
            "Yours by newest activity; the public ones by age, newest first. With `query`, those with such a name.",
        },
      },
    )
    .get("/groups/my", ({ session, query }) => listGroups(core, session.userId, "mine", query), {
      auth: "read",
      query: GroupsQuery,
      response: { 200: Page(Group), ...refusals(unknownCursor) },
      detail: { operationId: "listMyGroups", summary: "Your groups", description: "The same as `GET /groups`." },
    })
    .get("/groups/public", ({ session, query }) => listGroups(core, session.userId, "public", query), {
      auth: "read",
      query: GroupsQuery,
      response: { 200: described(Page(Group), { example: OF_OTHERS }), ...refusals(unknownCursor) },
      detail: {
        operationId: "listPublicGroups",
        summary: "Public groups",
        description: "The same as `GET /groups?scope=public`.",
      },
    })
    .post(
      "/groups",
      async ({ session, body, set }) => {
        const group = await createGroup(core, session.userId, body);
        set.status = 201;
        return { group_id: group.id, data: group };
      },
      {
        auth: "manage",
        transform: takeBodyAliases,
        body: NewGroup,
        response: { 201: described(CreatedGroup, { example: NEW }) },
        detail: {
          operationId: "createGroup",
          summary: "Create a group",
          description: "You are its owner and first member. Private unless told.",
        },
      },
    )
    .get(
      "/groups/:group_id",
      async ({ session, params }) => ({ data: await getGroup(core, session.userId, params.group_id) }),
      {
        auth: "read",
        params: GroupParams,
        response: { 200: One(Group), ...refusals(notFound("group")) },
        detail: {
          operationId: "getGroup",
          summary: "A group",
          description: "One of yours, or a public one. Others are not there.",
        },
      },
    )
    .put(
      "/groups/:group_id",
      async ({ session, params, body }) => ({ data: await updateGroup(core, session.userId, params.group_id, body) }),
      {
        auth: "manage",
        params: GroupParams,
        transform: takeBodyAliases,
        body: GroupUpdate,
        response: { 200: One(Group), ...refusals(adminRequired, notMember, notFound("group")) },
        detail: {
          operationId: "updateGroup",
          summary: "Rename or describe a group",
          description: "An admin or the owner.",
        },
      },
    )
    .put(
      "/groups/:group_id/visibility",
      async ({ session, params, body }) => ({
        data: await setVisibility(core, session.userId, params.group_id, body.is_private),
      }),
      {
        auth: "manage",
        params: GroupParams,
        body: Visibility,
        response: { 200: One(Group), ...refusals(ownerRequired, notMember, notFound("group")) },
        detail: {
          operationId: "setGroupVisibility",
          summary: "Make a group public or private",
          description: "The owner.",
        },
      },
    )
    .delete(
      "/groups/:group_id",
      async ({ session, params }) => {
        await deleteGroup(core, session.userId, params.group_id);
        return { detail: "Group deleted." };
      },
      {
        auth: "manage",
        params: GroupParams,
        response: { 200: Done, ...refusals(ownerRequired, notMember, notFound("group")) },
        detail: {
          operationId: "deleteGroup",
          summary: "Delete a group",
          description: "The owner. With every message in it; it can't be undone.",
        },
      },
    );
