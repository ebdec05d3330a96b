// Routes of blocks.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { Block } from "../../protocol/blocks.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import { cannotBlockSelf, notFound, unknownCursor } from "../../protocol/refusals.ts";
import { Done, IdText, One, Page } from "../../protocol/types.ts";
import { blockUser, listBlocks, unblockUser } from "./service.ts";

const UserId = Type.Object({ user_id: IdText("The other user.", 3) });

export const blocksModule = (core: Core) =>
  new Elysia({ name: "blocks", tags: ["Blocks"] })
    .use(authentication(core))
    .get("/blocks", ({ session, query }) => listBlocks(core, session.userId, query.cursor, query.limit ?? PAGE_LIMIT), {
      auth: "read",
      query: PageQuery,
      response: { 200: Page(Block), ...refusals(unknownCursor) },
      detail: { operationId: "listBlocks", summary: "Whom you block", description: "Newest first." },
    })
    .put(
      "/blocks/:user_id",
      async ({ session, params }) => ({ data: await blockUser(core, session.userId, params.user_id) }),
      {
        auth: "manage",
        params: UserId,
        response: { 200: One(Block), ...refusals(cannotBlockSelf, notFound("user")) },
        detail: {
          operationId: "blockUser",
          summary: "Block someone",
          description:
            "Ends a friendship and open requests; no requests, conversations or messages pass in either direction. Doing it twice changes nothing.",
        },
      },
    )
    .delete(
      "/blocks/:user_id",
      async ({ session, params }) => {
        await unblockUser(core, session.userId, params.user_id);
        return { detail: "Unblocked." };
      },
      {
        auth: "manage",
        params: UserId,
        response: { 200: Done, ...refusals(notFound("block"), notFound("user")) },
        detail: {
          operationId: "unblockUser",
          summary: "Unblock someone",
          description: "A friendship that the block ended does not come back by itself.",
        },
      },
    );
