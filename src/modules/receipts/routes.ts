// The route of read positions in groups; sockets take them in conversations as well.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication } from "../../http/authentication.ts";
import { refusals } from "../../http/responses.ts";
import { ReadPosition, ReadReceipt } from "../../protocol/receipts.ts";
import { notFound, notMember } from "../../protocol/refusals.ts";
import { One } from "../../protocol/types.ts";
import { GroupParams } from "../groups/params.ts";
import { markRead } from "./service.ts";

export const receiptsModule = (core: Core) =>
  new Elysia({ name: "receipts", tags: ["Groups"] }).use(authentication(core)).put(
    "/groups/:group_id/members/me/read",
    async ({ session, params, body }) => {
      const group = { kind: "group", id: params.group_id } as const;
      const result = await markRead(core, session.userId, group, body?.last_message_id ?? null);
      return {
        data: {
          group_id: group.id,
          reader_id: session.userId,
          last_message_id: result.lastMessageId,
          updated_count: result.updatedCount,
        },
      };
    },
    {
      auth: "write",
      params: GroupParams,
      body: Type.Optional(ReadPosition),
      response: { 200: One(ReadReceipt), ...refusals(notMember, notFound("group"), notFound("message")) },
      detail: {
        operationId: "markGroupRead",
        summary: "Mark a group read",
        description: "Up to a message, or all of it; the same as `group.read` on a socket.",
      },
    },
  );
