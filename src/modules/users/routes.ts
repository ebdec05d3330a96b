// Routes of people.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { invalid } from "../../lib/errors.ts";
import { PAGE_LIMIT, PEOPLE_LIMIT, USERNAME_MAX } from "../../protocol/limits.ts";
import { notFound, unknownCursor } from "../../protocol/refusals.ts";
import { One, Page, Text } from "../../protocol/types.ts";
import { Person } from "../../protocol/users.ts";
import { getPerson, listPeople } from "./people.ts";
import { searchUsers } from "./service.ts";

export const usersModule = (core: Core) =>
  new Elysia({ name: "users", tags: ["Account"] })
    .use(authentication(core))
    .get(
      "/users",
      ({ session, query }) => {
        const { query: text, ids, cursor, limit = PAGE_LIMIT } = query;
        if (ids !== undefined && text !== undefined) throw invalid("ids", "give ids or a query, not both");
        if (ids !== undefined) return listPeople(core, session.userId, ids);
        if (text === undefined) throw invalid("query", "is required");
        return searchUsers(core, session.userId, text, cursor, limit);
      },
      {
        auth: "read",
        query: Type.Composite([
          Type.Object({
            query: Type.Optional(Text(1, USERNAME_MAX, { description: "How the name starts.", examples: ["ve"] })),
            ids: Type.Optional(
              Type.String({
                maxLength: PEOPLE_LIMIT * 17,
                description: `In place of \`query\`: up to ${PEOPLE_LIMIT} ids with commas between them.`,
                examples: ["2,3"],
              }),
            ),
          }),
          PageQuery,
        ]),
        response: { 200: Page(Person), ...refusals(unknownCursor) },
        detail: {
          operationId: "searchUsers",
          summary: "Find people",
          description:
            "People by the beginning of their name, without regard to case. With `ids` those of these people whom you share a room or a friendship with, and yourself, by id: for names and pictures that may have changed.",
        },
      },
    )
    .get(
      "/users/:user",
      async ({ session, params }) => ({ data: await getPerson(core, session.userId, params.user) }),
      {
        auth: "read",
        params: Type.Object({
          user: Text(1, USERNAME_MAX, { description: "A user id or a username.", examples: ["veli"] }),
        }),
        response: { 200: One(Person), ...refusals(notFound("user")) },
        detail: {
          operationId: "getUser",
          summary: "One person",
          description:
            "What they show of themselves. People who block you are found only if you share a room with them, and show their names and picture alone.",
        },
      },
    );
