// Routes of the members of groups, under the seed's paths and those that the deployed frontend uses besides.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { described, refusals } from "../../http/responses.ts";
import { invalid } from "../../lib/errors.ts";
import { Group, Member, Mute, NewMember, RoleChange } from "../../protocol/groups.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import {
  adminRequired,
  notFound,
  notMember,
  onlyFriendsAdd,
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
import { Done, One, Page } from "../../protocol/types.ts";
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
import { GroupParams, MemberParams } from "./params.ts";

export const membersModule = (core: Core) =>
  new Elysia({ name: "members", tags: ["Groups"] })
    .use(authentication(core))
    .post(
      "/groups/:group_id/join",
      async ({ session, params }) => ({ data: await joinGroup(core, session, params.group_id) }),
      {
        auth: "manage",
        params: GroupParams,
        response: {
          200: described(One(Group), { example: { is_private: false, role: "member", unread_count: 0 } }),
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
        auth: "manage",
        params: GroupParams,
        response: { 200: Done, ...refusals(notMember, notFound("group"), ownerMustStay) },
        detail: { operationId: "leaveGroup", summary: "Leave a group", description: "The owner hands it over first." },
      },
    )
    .get(
      "/groups/:group_id/members",
      ({ session, params, query }) =>
        listMembers(core, session.userId, params.group_id, query.cursor, query.limit ?? PAGE_LIMIT),
      {
        auth: "read",
        params: GroupParams,
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
        auth: "manage",
        params: GroupParams,
        body: NewMember,
        response: {
          201: One(Member),
          ...refusals(
            adminRequired,
            ownerRequired,
            notMember,
            userBlocked,
            userBanned,
            onlyFriendsAdd,
            notFound("user"),
            notFound("group"),
            userIsMember,
          ),
        },
        detail: {
          operationId: "addMember",
          summary: "Add a member",
          description:
            "An admin or the owner; a new admin, the owner alone. People who are not your friends: 30 an hour, unless the operator set another number, and none who want to be added by friends alone.",
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
        auth: "manage",
        params: GroupParams,
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
        auth: "manage",
        params: MemberParams,
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
        auth: "manage",
        params: MemberParams,
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
        auth: "manage",
        params: MemberParams,
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
        auth: "manage",
        params: MemberParams,
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
