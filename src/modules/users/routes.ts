// Routes of people.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { PAGE_LIMIT, USERNAME_MAX } from "../../protocol/limits.ts";
import { unknownCursor } from "../../protocol/refusals.ts";
import { Page, Text } from "../../protocol/types.ts";
import { Person } from "../../protocol/users.ts";
import { searchUsers } from "./service.ts";

export const usersModule = (core: Core) =>
  new Elysia({ name: "users", tags: ["Account"] })
    .use(authentication(core))
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
