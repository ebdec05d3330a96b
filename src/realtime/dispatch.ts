// From a frame to a service: what each command does. What it must look like is in protocol/commands.ts.
import type { TSchema } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler } from "@sinclair/typebox/compiler";
import { isTransientDatabaseError } from "../db/errors.ts";
import { ChatError, unavailable } from "../lib/errors.ts";
import { validationError } from "../lib/validation.ts";
import { sendMessage } from "../modules/messages/service.ts";
import { markRead } from "../modules/receipts/service.ts";
import * as protocol from "../protocol/commands.ts";
import { commandOfOtherSocket, unknownCommand } from "../protocol/refusals.ts";
import { readFrame } from "../timeline/receipts.ts";
import { takeFrameAliases } from "./aliases.ts";
import type { Connection, Realtime } from "./connection.ts";
import { resume } from "./resume.ts";

/** Answers the `ack`'s data. Must hand its work on before its first await: the order of a socket's commands depends on it. */
export type Command = (realtime: Realtime, connection: Connection, frame: never) => Promise<unknown> | unknown;

/** A JSON object that a client sent; what is in it is not known yet. */
export type Frame = { type?: unknown; ref?: unknown; [field: string]: unknown };

const PONG = JSON.stringify({ type: "pong" });

async function send({ core, typing }: Realtime, connection: Connection, frame: protocol.SendCommand) {
  const { session, scope, order } = connection;
  const room = scope.roomOf(frame);
  const clientId = frame.client_id?.toLowerCase();
  const place = clientId === undefined ? 0 : order.enter(room.id, clientId);
  try {
    const sending = sendMessage(core, session!, room, frame, clientId === undefined ? undefined : order);
    typing.stop(session!.userId, room);
    return (await sending).message;
  } catch (error) {
    if (clientId !== undefined)
      order.refuse(room.id, clientId, place, isTransientDatabaseError(error) ? unavailable() : error);
    throw error;
  }
}

/** A command that was refused before it was begun: if it sends a message, those behind it are refused as well. */
export function refuseUnbegun(connection: Connection, command: Command, frame: Frame, refusal: ChatError) {
  if (command !== send) return;
  const { order, scope } = connection;
  const { client_id, ...to } = frame as protocol.SendCommand;
  if (client_id === undefined) return;
  try {
    const { id } = scope.roomOf(to);
    order.refuse(id, client_id.toLowerCase(), order.enter(id, client_id.toLowerCase()), refusal);
  } catch {
    // It is behind another one, or for no room of this socket.
  }
}

async function read({ core }: Realtime, connection: Connection, frame: protocol.ReadCommand) {
  const { kind, id } = connection.scope.roomOf(frame);
  const { userId } = connection.session!;
  const result = await markRead(core, userId, { kind, id }, frame.last_message_id ?? null);
  // The room heard of a cursor that moved; who repeats themselves is answered alone.
  if (!result.moved) connection.send(readFrame(kind, id, userId, result));
  return { last_message_id: result.lastMessageId, updated_count: result.updatedCount };
}

const COMMANDS: Record<string, Command> = {
  ping: (_, connection) => connection.send(PONG),
  auth: (_, connection, frame: protocol.AuthCommand) => connection.renew(frame.token),
  "message.send": send,
  "group.message.send": send,
  "conversation.read": read,
  "group.read": read,
  "typing.start": ({ typing }, connection, frame: protocol.RoomCommand) =>
    typing.start(connection.session!, connection.scope.roomOf(frame)),
  "typing.stop": ({ typing }, connection, frame: protocol.RoomCommand) =>
    typing.stop(connection.session!.userId, connection.scope.roomOf(frame)),
  resume,
};

const CHECKS = Object.fromEntries(
  Object.entries(protocol.COMMANDS).map(([kind, commands]) => [
    kind,
    new Map<unknown, TypeCheck<TSchema>>(
      Object.entries(commands).map(([type, schema]) => [type, TypeCompiler.Compile(schema)]),
    ),
  ]),
) as unknown as Record<protocol.SocketKind, Map<unknown, TypeCheck<TSchema>>>;

/** What a frame asks for on this kind of socket; aliases in the frame are replaced. Throws `bad_request` and `invalid`. */
export function commandOf(kind: protocol.SocketKind, frame: Frame): Command {
  let check = CHECKS[kind].get(frame.type);
  if (check?.Check(frame)) return COMMANDS[frame.type as string]!;
  takeFrameAliases(frame);
  check = CHECKS[kind].get(frame.type);
  if (!check) {
    const isKnown = typeof frame.type === "string" && Object.hasOwn(COMMANDS, frame.type);
    throw new ChatError(isKnown ? commandOfOtherSocket : unknownCommand);
  }
  if (!check.Check(frame)) throw validationError(check.Errors(frame), "frame");
  return COMMANDS[frame.type as string]!;
}

export const isAuth = (frame: Frame): frame is protocol.AuthCommand =>
  CHECKS.account.get("auth")!.Check(frame) && frame.type === "auth";

/** The JSON object in a frame, or null when it holds anything else. */
export function parseFrame(raw: string): Frame | null {
  try {
    const frame = JSON.parse(raw);
    return typeof frame === "object" && frame !== null && !Array.isArray(frame) ? frame : null;
  } catch {
    return null;
  }
}
