// Read positions, moved on sockets.
import type { Core } from "../../core.ts";
import type { ReadCommand } from "../../protocol/receipts.ts";
import type { CommandConnection, CommandHandler, CommandHandlers } from "../../realtime/types.ts";
import { readFrame } from "../../timeline/receipts.ts";
import { markRead } from "./service.ts";

export function receiptCommands(core: Core): CommandHandlers {
  const read: CommandHandler = {
    async run(connection: CommandConnection, command: ReadCommand) {
      const { kind, id } = connection.roomOf(command);
      const { userId } = connection.session;
      const result = await markRead(core, userId, { kind, id }, command.last_message_id ?? null);
      // A position that moved was published to the room or, where others are not to know, on the reader's `/ws`; one that did not is
      // reported to this socket alone.
      if (!result.moved || (result.isPrivate && connection.kind !== "account"))
        connection.send(readFrame(kind, id, userId, result));
      return { last_message_id: result.lastMessageId, updated_count: result.updatedCount };
    },
  };
  return { "conversation.read": read, "group.read": read };
}
