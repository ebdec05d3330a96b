// Messages sent on sockets.
import type { Core } from "../../core.ts";
import { isTransientDatabaseError } from "../../db/errors.ts";
import { type ChatError, unavailable } from "../../lib/errors.ts";
import type { SendCommand } from "../../protocol/messages.ts";
import type { Room } from "../../protocol/rooms.ts";
import type { CommandConnection, CommandHandler, CommandHandlers } from "../../realtime/types.ts";
import { sendMessage } from "./service.ts";

/** `stopTyping` is called with each message: its sender has stopped typing. */
export function messageCommands(core: Core, stopTyping: (userId: number, room: Room) => void): CommandHandlers {
  const send: CommandHandler = {
    async run(connection: CommandConnection, command: SendCommand) {
      const { session, sendOrder } = connection;
      const room = connection.roomOf(command);
      const clientId = command.client_id?.toLowerCase();
      const position = clientId === undefined ? 0 : sendOrder.enter(room.id, clientId);
      try {
        const sending = sendMessage(core, session, room, command, clientId === undefined ? undefined : sendOrder);
        stopTyping(session.userId, room);
        return (await sending).message;
      } catch (error) {
        const refusal = isTransientDatabaseError(error) ? unavailable() : error;
        if (clientId !== undefined) sendOrder.refuse(room.id, clientId, position, refusal);
        throw error;
      }
    },
    onRefused: refuseInOrder,
  };
  return { "message.send": send, "group.message.send": send };
}

/** A message was refused before it was sent: those behind it are refused as well. */
function refuseInOrder(connection: CommandConnection, command: SendCommand, refusal: ChatError) {
  if (command.client_id === undefined) return;
  const { sendOrder } = connection;
  const clientId = command.client_id.toLowerCase();
  try {
    const { id } = connection.roomOf(command);
    sendOrder.refuse(id, clientId, sendOrder.enter(id, clientId), refusal);
  } catch {
    // It is behind another one, or for no room of this socket.
  }
}
