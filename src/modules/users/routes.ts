// Routes of people.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { Account } from "../../protocol/account.ts";
import { PAGE_LIMIT, USERNAME_MAX } from "../../protocol/limits.ts";
import { tooManyLogins, unknownCursor, wrongPassword } from "../../protocol/refusals.ts";
import { Done, One, Page, Text } from "../../protocol/types.ts";
import { PasswordChange, Person } from "../../protocol/users.ts";
import { changePassword, getAccount, searchUsers } from "./service.ts";

export const usersModule = (core: Core) =>
  new Elysia({ name: "users", tags: ["Account"] })
    .use(authentication(core))
    .get("/me", async ({ session }) => ({ data: await getAccount(core, session.userId) }), {
      auth: true,
      response: { 200: One(Account) },
      detail: { operationId: "getMe", summary: "Your account", description: "Who this session belongs to." },
    })
    .put(
      "/me/password",
      async ({ session, body }) => {
        await changePassword(core, session, body.current_password, body.new_password);
        return { detail: "Password changed; other sessions were ended." };
      },
      {
        auth: true,
        body: PasswordChange,
        response: { 200: Done, ...refusals(wrongPassword, tooManyLogins) },
        detail: {
          operationId: "changePassword",
          summary: "Change your password",
          description: "Ends every other session of yours, with its sockets.",
        },
      },
    )
    .get(
      "/users",
      ({ session, query }) => searchUsers(core, session.userId, query.query, query.cursor, query.limit ?? PAGE_LIMIT),
      {
        auth: true,
        query: Type.Composite([
          Type.Object({ query: Text(1, USERNAME_MAX, { description: "How the name starts.", examples: ["ve"] }) }),
          PageQuery,
        ]),
        response: { 200: Page(Person), ...refusals(unknownCursor) },
        detail: {
          operationId: "searchUsers",
          summary: "Find people",
          description: "People by the beginning of their name, without regard to case.",
        },
      },
    );
