// The route of search. What it takes is loaded by the first one.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { ChatError } from "../../lib/errors.ts";
import { searchIsOff, serverBusy } from "../../protocol/refusals.ts";
import { SearchPage, SearchQuery } from "../../protocol/search.ts";

export const searchModule = (core: Core) =>
  new Elysia({ name: "search", tags: ["Search"] }).use(authentication(core)).get(
    "/search",
    async ({ session, query }) => {
      if (!core.config.search) throw new ChatError(searchIsOff);
      core.limits.search(session.userId);
      const { searchMessages } = await import("./service.ts");
      return searchMessages(core, session.userId, query);
    },
    {
      auth: "read",
      query: SearchQuery,
      response: { 200: SearchPage, ...refusals(searchIsOff, serverBusy) },
      detail: {
        operationId: "searchMessages",
        summary: "Search messages",
        description:
          "Newest first, in the rooms that you belong to. Case, accents and compatibility forms make no difference; Chinese, Japanese, Thai, Lao, Khmer and Burmese are found without spaces. Deleted messages are never found.",
      },
    },
  );
