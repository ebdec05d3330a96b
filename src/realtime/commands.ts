// From a frame to a service: which commands there are, what each must look like, where it may be used and what it does.
import type { TSchema } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler } from "@sinclair/typebox/compiler";
import type { RoomKind } from "../bus/bus.ts";
import type { Core } from "../core.ts";
import { sendMessage } from "../modules/messages/service.ts";
import { readFrame } from "../timeline/receipts.ts";
import * as protocol from "./protocol.ts";
import type { Connection } from "./socket.ts";

interface Command {
  frame: TypeCheck<TSchema>;
  /** The kind of room it belongs to; left out, it works everywhere. */
  kind?: RoomKind;
  /** Answers the `ack`'s data. Must hand its work on before its first await: the order of a socket's commands depends on it. */
  run(core: Core, connection: Connection, frame: never): Promise<unknown> | unknown;
}

async function send(core: Core, connection: Connection, frame: protocol.MessageSend | protocol.GroupMessageSend) {
  const { message } = await sendMessage(core, connection.session!, connection.destination, frame);
  return message;
}

async function read(core: Core, connection: Connection, frame: protocol.ConversationRead | protocol.GroupRead) {
  const { kind, id } = connection.destination;
  const { userId } = connection.session!;
  const result = await core.receipts.markRead(kind, id, userId, frame.last_message_id);
  // The room heard of a cursor that moved; who repeats themselves is answered alone.
  if (!result.moved) connection.send(readFrame(kind, id, userId, result));
  return { last_message_id: result.lastMessageId, updated_count: result.updatedCount };
}

export const COMMANDS: Record<string, Command> = {
  ping: {
    frame: TypeCompiler.Compile(protocol.Ping),
    run: (_core, connection) => connection.send(PONG),
  },
  auth: {
    frame: TypeCompiler.Compile(protocol.Auth),
    run: (_core, connection, frame: protocol.Auth) => connection.renew(frame.token),
  },
  "message.send": { frame: TypeCompiler.Compile(protocol.MessageSend), kind: "direct", run: send },
  "conversation.read": { frame: TypeCompiler.Compile(protocol.ConversationRead), kind: "direct", run: read },
  "group.message.send": { frame: TypeCompiler.Compile(protocol.GroupMessageSend), kind: "group", run: send },
  "group.read": { frame: TypeCompiler.Compile(protocol.GroupRead), kind: "group", run: read },
};

const PONG = JSON.stringify({ type: "pong" });
