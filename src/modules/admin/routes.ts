// Routes for those who run the server and for moderators: from the admin area, or from systems of their own with a key.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import {
  AdminReason,
  AdminUser,
  AdminUserDetails,
  AdminUserFilter,
  AdminUserUpdate,
  ExternalId,
  ExternalRoom,
  PasswordLink,
  UserReference,
} from "../../protocol/admin.ts";
import { OwnerConfirmation } from "../../protocol/factors.ts";
import { Group } from "../../protocol/groups.ts";
import {
  adminsOnly,
  moderatorsActOnUsers,
  moderatorsOnly,
  nameTaken,
  noPassword,
  notFound,
  notOnYourself,
  notOwner,
  tooManyLogins,
  unknownCursor,
  userBanned,
} from "../../protocol/refusals.ts";
import { SessionInfo } from "../../protocol/sessions.ts";
import { Done, IdText, One, Page } from "../../protocol/types.ts";
import { actingRole } from "../../sessions/scopes.ts";
import { actorOf } from "./actor.ts";

/** Loaded by the first of these calls. */
const load = {
  content: () => import("./content.ts"),
  people: () => import("./people.ts"),
  policy: () => import("./policy.ts"),
  rooms: () => import("./rooms.ts"),
  users: () => import("./users.ts"),
};

const UserParams = Type.Object({ user: UserReference() });

export const adminModule = (core: Core) =>
  new Elysia({ name: "admin", tags: ["Administration"] })
    .use(authentication(core))
    .get(
      "/admin/users",
      async ({ session, query }) => (await load.people()).listUsers(core, actingRole(session), query),
      {
        auth: "moderate",
        query: Type.Composite([AdminUserFilter, PageQuery]),
        response: { 200: Page(AdminUser), ...refusals(moderatorsOnly, unknownCursor) },
        detail: {
          operationId: "listUsers",
          summary: "People on the server",
          description: "Newest first: who they are, their role, and bans in force. E-mail addresses are for admins.",
        },
      },
    )
    .get(
      "/admin/users/:user",
      async ({ session, params }) => {
        const [{ getUser }, { requireKnown }] = await Promise.all([load.people(), load.policy()]);
        const userId = await requireKnown(core, params.user);
        return { data: await getUser(core, actingRole(session), userId, session.userId) };
      },
      {
        auth: "moderate",
        params: UserParams,
        response: { 200: One(AdminUserDetails), ...refusals(moderatorsOnly, notFound("user")) },
        detail: {
          operationId: "getAdminUser",
          summary: "One of them",
          description: "By id also somebody who has deleted their account.",
        },
      },
    )
    .put(
      "/admin/users/:user",
      async ({ session, params, body, request, server }) => {
        const { putUser } = await load.users();
        return { data: await putUser(core, session, actorOf(core, session, request, server), params.user, body) };
      },
      {
        auth: "moderate",
        params: UserParams,
        body: AdminUserUpdate,
        response: {
          200: One(AdminUser),
          ...refusals(
            moderatorsOnly,
            adminsOnly,
            notOnYourself,
            moderatorsActOnUsers,
            notFound("user"),
            nameTaken,
            ...notOwner,
            tooManyLogins,
          ),
        },
        detail: {
          operationId: "setUser",
          summary: "Create or change a user, ban them, or give them a role",
          description:
            "Somebody whom an issuer of tokens calls so is created if need be, without a password. Repeated it changes nothing. Moderators set `banned_until` with a `reason`, of users alone; all else takes an admin, who proves for a `role` that it is them, unless it is a key that asks. A ban closes the sockets on every server at once, of the user's bots too, and ends nothing else: once it is over or lifted, their sessions go on. Nobody does this to themselves.",
        },
      },
    )
    .get(
      "/admin/users/:user/sessions",
      async ({ session, params, query }) => (await load.users()).listSessionsOf(core, session, params.user, query),
      {
        auth: "moderate",
        params: UserParams,
        query: PageQuery,
        response: {
          200: Page(SessionInfo),
          ...refusals(moderatorsOnly, moderatorsActOnUsers, notFound("user"), unknownCursor),
        },
        detail: {
          operationId: "listUserSessions",
          summary: "A user's sessions",
          description: "As they see them themselves; moderators see no addresses.",
        },
      },
    )
    .delete(
      "/admin/users/:user/sessions",
      async ({ session, params, request, server }) => {
        const [{ logOutUser }, { requireReferenced }] = await Promise.all([load.users(), load.policy()]);
        await logOutUser(core, actorOf(core, session, request, server), await requireReferenced(core, params.user));
        return { detail: "The user was logged out." };
      },
      {
        auth: "moderate",
        params: UserParams,
        response: { 200: Done, ...refusals(moderatorsOnly, moderatorsActOnUsers, notFound("user")) },
        detail: {
          operationId: "endUserSessions",
          summary: "End a user's sessions",
          description: "The same as `POST /admin/users/{user}/logout`, for moderators too.",
        },
      },
    )
    .post(
      "/admin/users/:user/logout",
      async ({ session, params, request, server }) => {
        const [{ logOutUser }, { requireReferenced }] = await Promise.all([load.users(), load.policy()]);
        await logOutUser(core, actorOf(core, session, request, server), await requireReferenced(core, params.user));
        return { detail: "The user was logged out." };
      },
      {
        auth: "admin",
        params: UserParams,
        response: { 200: Done, ...refusals(adminsOnly, notFound("user")) },
        detail: {
          operationId: "logOutUser",
          summary: "Log a user out everywhere",
          description:
            "Ends their sessions and API keys, closes their sockets on every server, and refuses the tokens of issuers that were made until now.",
        },
      },
    )
    .post(
      "/admin/users/:user/password-reset",
      async ({ session, params, body, request, server }) => {
        const { resetPasswordOf } = await load.users();
        const actor = actorOf(core, session, request, server);
        return { data: await resetPasswordOf(core, session, actor, params.user, body ?? {}) };
      },
      {
        auth: "admin",
        params: UserParams,
        body: Type.Optional(OwnerConfirmation),
        response: {
          200: One(PasswordLink),
          ...refusals(adminsOnly, notOnYourself, noPassword, notFound("user"), ...notOwner, tooManyLogins),
        },
        detail: {
          operationId: "resetUserPassword",
          summary: "Have a user choose a new password",
          description:
            "Makes a link by which they do, good once and for a day, and mails it to them; where that can't be done it is in the response. Until it is followed, their password and sessions go on. Somebody who is logged in proves that it is them; a key needs the scope alone.",
        },
      },
    )
    .delete(
      "/admin/groups/:group_id",
      async ({ session, params, body, request, server }) => {
        const { deleteAnyGroup } = await load.content();
        await deleteAnyGroup(core, actorOf(core, session, request, server), params.group_id, body?.reason);
        return { detail: "The group was deleted." };
      },
      {
        auth: "moderate",
        params: Type.Object({ group_id: IdText("Group id.", 9) }),
        body: Type.Optional(AdminReason),
        response: { 200: Done, ...refusals(moderatorsOnly, moderatorsActOnUsers, notFound("group")) },
        detail: {
          operationId: "deleteAnyGroup",
          summary: "Delete any group",
          description: "With everything in it, as its owner could: its members get `group.deleted`.",
        },
      },
    )
    .delete(
      "/admin/messages/:message_id",
      async ({ session, params, body, request, server }) => {
        const { deleteAnyMessage } = await load.content();
        await deleteAnyMessage(core, actorOf(core, session, request, server), params.message_id, body?.reason);
        return { detail: "The message was deleted." };
      },
      {
        auth: "moderate",
        params: Type.Object({ message_id: IdText("Message id.", 5) }),
        body: Type.Optional(AdminReason),
        response: { 200: Done, ...refusals(moderatorsOnly, moderatorsActOnUsers, notFound("message")) },
        detail: {
          operationId: "deleteAnyMessage",
          summary: "Delete any message",
          description:
            "In a group or a conversation, as its author could: it keeps its place with its text gone, and its room is told as usual. Deleting it twice changes nothing.",
        },
      },
    )
    .put(
      "/admin/rooms/:external_id",
      async ({ session, params, body }) => {
        const { putRoom } = await load.rooms();
        const group = await putRoom(core, session.userId, params.external_id, body);
        return { group_id: group.id, data: group };
      },
      {
        auth: "admin",
        params: Type.Object({ external_id: ExternalId }),
        body: ExternalRoom,
        response: {
          200: Type.Object({ group_id: Group.properties.id, data: Group }),
          ...refusals(adminsOnly, userBanned),
        },
        detail: {
          operationId: "setRoom",
          summary: "Create or change a group under your own id",
          description:
            "Its members become those of the list, without asking anybody; each change is an event as usual. Repeated it changes nothing, and completes what was cut short.",
        },
      },
    );
