// Routes for those who run the server, from systems of their own: with a key that has the scope `admin`, or logged in.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { AdminUserUpdate, ExternalId, ExternalRoom, UserReference } from "../../protocol/admin.ts";
import { Group } from "../../protocol/groups.ts";
import { adminsOnly, nameTaken, notFound, userBanned } from "../../protocol/refusals.ts";
import { Done, One } from "../../protocol/types.ts";
import { Person } from "../../protocol/users.ts";
import { putRoom } from "./rooms.ts";
import { logOutUser, putUser } from "./users.ts";

const UserParams = Type.Object({ user: UserReference() });

export const adminModule = (core: Core) =>
  new Elysia({ name: "admin", tags: ["Administration"] })
    .use(authentication(core))
    .put("/admin/users/:user", async ({ params, body }) => ({ data: await putUser(core, params.user, body) }), {
      auth: "admin",
      params: UserParams,
      body: AdminUserUpdate,
      response: { 200: One(Person), ...refusals(adminsOnly, notFound("user"), nameTaken) },
      detail: {
        operationId: "setUser",
        summary: "Create or change a user",
        description:
          "Somebody whom an issuer of tokens calls so is created if need be, without a password. Repeated it changes nothing.",
      },
    })
    .post(
      "/admin/users/:user/logout",
      async ({ session, params }) => {
        await logOutUser(core, session.userId, params.user);
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
    .put(
      "/admin/rooms/:external_id",
      async ({ session, params, body }) => {
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
