// Routes of groups and their members, under the seed's paths and those that the deployed frontend uses besides.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { described, refusals } from "../../http/responses.ts";
import { takeBodyAliases } from "../../lib/aliases.ts";
import { invalid } from "../../lib/errors.ts";
import {
  CreatedGroup,
  Group,
  GroupUpdate,
  Member,
  Mute,
  NewGroup,
  NewMember,
  ReadPosition,
  ReadReceipt,
  RoleChange,
  Visibility,
} from "../../protocol/groups.ts";
import { GROUP_NAME_LIMIT, PAGE_LIMIT } from "../../protocol/limits.ts";
import {
  adminRequired,
  notFound,
  notMember,
  ownerMustStay,
  ownerRequired,
  ownRole,
  rankTooLow,
  unknownCursor,
  userBanned,
  userBlocked,
  userIsMember,
  youAreBanned,
  youAreMember,
} from "../../protocol/refusals.ts";
import { Done, IdText, One, Page } from "../../protocol/types.ts";
import { markRead } from "../messages/service.ts";
import {
  addMember,
  joinGroup,
  leaveGroup,
  listMembers,
  muteMember,
  removeMember,
  setRole,
  unmuteMember,
} from "./members.ts";
import { createGroup, deleteGroup, getGroup, listGroups, setVisibility, updateGroup } from "./service.ts";

const GroupId = Type.Object({ group_id: IdText("The group.", 9) });
const MemberId = Type.Object({ ...GroupId.properties, member_id: IdText("The member's user id.", 3) });
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
        auth: true,
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
      auth: true,
      query: GroupsQuery,
      response: { 200: Page(Group), ...refusals(unknownCursor) },
      detail: { operationId: "listMyGroups", summary: "Your groups", description: "The same as `GET /groups`." },
    })
    .get("/groups/public", ({ session, query }) => listGroups(core, session.userId, "public", query), {
      auth: true,
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
        auth: true,
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
        auth: true,
        params: GroupId,
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
        auth: true,
        params: GroupId,
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
        auth: true,
        params: GroupId,
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
        auth: true,
        params: GroupId,
        response: { 200: Done, ...refusals(ownerRequired, notMember, notFound("group")) },
        detail: {
          operationId: "deleteGroup",
          summary: "Delete a group",
          description: "The owner. With every message in it; it can't be undone.",
        },
      },
    )
    .post(
      "/groups/:group_id/join",
      async ({ session, params }) => ({ data: await joinGroup(core, session, params.group_id) }),
      {
        auth: true,
        params: GroupId,
        response: {
          200: described(One(Group), { example: { ...OF_OTHERS, role: "member" } }),
          ...refusals(youAreBanned, notFound("group"), youAreMember),
        },
        detail: {
          operationId: "joinGroup",
          summary: "Join a public group",
          description: "A private one is joined by being added.",
        },
      },
    )
    .post(
      "/groups/:group_id/leave",
      async ({ session, params }) => {
        await leaveGroup(core, session.userId, params.group_id);
        return { detail: "You left the group." };
      },
      {
        auth: true,
        params: GroupId,
        response: { 200: Done, ...refusals(notMember, notFound("group"), ownerMustStay) },
        detail: { operationId: "leaveGroup", summary: "Leave a group", description: "The owner hands it over first." },
      },
    )
    .get(
      "/groups/:group_id/members",
      ({ session, params, query }) =>
        listMembers(core, session.userId, params.group_id, query.cursor, query.limit ?? PAGE_LIMIT),
      {
        auth: true,
        params: GroupId,
        query: PageQuery,
        response: { 200: Page(Member), ...refusals(unknownCursor, notMember, notFound("group")) },
        detail: {
          operationId: "listMembers",
          summary: "Members of a group",
          description: "With their roles, mutes and how far each has read.",
        },
      },
    )
    .post(
      "/groups/:group_id/members",
      async ({ session, params, body, set }) => {
        const newUserId = body.user_id ?? body.member_id;
        if (newUserId === undefined) throw invalid("user_id", "is required");
        if ((body.member_id ?? newUserId) !== newUserId) throw invalid("member_id", "is another name for user_id");
        const member = await addMember(core, session.userId, params.group_id, newUserId, body.role);
        set.status = 201;
        return { data: member };
      },
      {
        auth: true,
        params: GroupId,
        body: NewMember,
        response: {
          201: One(Member),
          ...refusals(
            adminRequired,
            ownerRequired,
            notMember,
            userBlocked,
            userBanned,
            notFound("user"),
            notFound("group"),
            userIsMember,
          ),
        },
        detail: {
          operationId: "addMember",
          summary: "Add a member",
          description:
            "An admin or the owner; a new admin, the owner alone. People who are not your friends: 30 an hour, unless the operator set another number.",
        },
      },
    )
    .put(
      "/groups/:group_id/members/me/read",
      async ({ session, params, body }) => {
        const group = { kind: "group", id: params.group_id } as const;
        const { lastMessageId, updatedCount } = await markRead(
          core,
          session.userId,
          group,
          body?.last_message_id ?? null,
        );
        return {
          data: {
            group_id: params.group_id,
            reader_id: session.userId,
            last_message_id: lastMessageId,
            updated_count: updatedCount,
          },
        };
      },
      {
        auth: true,
        params: GroupId,
        body: Type.Optional(ReadPosition),
        response: { 200: One(ReadReceipt), ...refusals(notMember, notFound("group"), notFound("message")) },
        detail: {
          operationId: "markGroupRead",
          summary: "Mark a group read",
          description: "Up to a message, or all of it; the same as `group.read` on a socket.",
        },
      },
    )
    .delete(
      "/groups/:group_id/members/me",
      async ({ session, params }) => {
        await leaveGroup(core, session.userId, params.group_id);
        return { detail: "You left the group." };
      },
      {
        auth: true,
        params: GroupId,
        response: { 200: Done, ...refusals(notMember, notFound("group"), ownerMustStay) },
        detail: {
          operationId: "leaveGroupAsMember",
          summary: "Leave a group (as a member)",
          description: "The same as `POST …/leave`.",
        },
      },
    )
    .delete(
      "/groups/:group_id/members/:member_id",
      async ({ session, params }) => {
        await removeMember(core, session.userId, params.group_id, params.member_id);
        return { detail: "Member removed." };
      },
      {
        auth: true,
        params: MemberId,
        response: {
          200: Done,
          ...refusals(rankTooLow, adminRequired, notMember, notFound("member"), notFound("group"), ownerMustStay),
        },
        detail: {
          operationId: "removeMember",
          summary: "Remove a member",
          description: "Someone of lower rank; they lose the group at once.",
        },
      },
    )
    .put(
      "/groups/:group_id/members/:member_id/role",
      async ({ session, params, body }) => ({
        data: await setRole(core, session.userId, params.group_id, params.member_id, body.role),
      }),
      {
        auth: true,
        params: MemberId,
        body: RoleChange,
        response: {
          200: One(Member),
          ...refusals(ownRole, ownerRequired, notMember, notFound("member"), notFound("group")),
        },
        detail: {
          operationId: "setMemberRole",
          summary: "Change a member's role",
          description: "The owner. `owner` hands the group over; the old owner becomes an admin.",
        },
      },
    )
    .put(
      "/groups/:group_id/members/:member_id/mute",
      async ({ session, params, body }) => ({
        data: await muteMember(core, session.userId, params.group_id, params.member_id, body?.until ?? null),
      }),
      {
        auth: true,
        params: MemberId,
        body: Type.Optional(Mute),
        response: {
          200: described(One(Member), { example: { is_muted: true, muted_until: "2026-12-01T08:00:00.000000+00:00" } }),
          ...refusals(rankTooLow, adminRequired, notMember, notFound("member"), notFound("group")),
        },
        detail: {
          operationId: "muteMember",
          summary: "Mute a member",
          description: "Someone of lower rank: they read on but can't write.",
        },
      },
    )
    .put(
      "/groups/:group_id/members/:member_id/unmute",
      async ({ session, params }) => ({
        data: await unmuteMember(core, session.userId, params.group_id, params.member_id),
      }),
      {
        auth: true,
        params: MemberId,
        response: {
          200: One(Member),
          ...refusals(rankTooLow, adminRequired, notMember, notFound("member"), notFound("group")),
        },
        detail: {
          operationId: "unmuteMember",
          summary: "Unmute a member",
          description: "Someone of lower rank. Unmuting who isn't muted changes nothing.",
        },
      },
    );
