// From a frame to the handler of its command, and from its outcome to the `ack` or `error`. What a command must look like is
// declared in src/protocol; what it does is registered, by this folder and by the modules (modules/<feature>/commands.ts).
import { isTransientDatabaseError } from "../db/errors.ts";
import { ChatError, unavailable } from "../lib/errors.ts";
import { findRef, isTooDeep, tooDeep } from "../lib/json.ts";
import { type Logger, safeError } from "../lib/log.ts";
import type { Limits } from "../lib/rate-limit.ts";
import { SchemaCheck } from "../lib/schema-check.ts";
import type { Tracing } from "../lib/tracing.ts";
import { validationError } from "../lib/validation.ts";
import type { SocketKind } from "../protocol/define.ts";
import { COMMANDS, type CommandType, commandsOn } from "../protocol/index.ts";
import { IN_FLIGHT_LIMIT } from "../protocol/limits.ts";
import {
  commandOfOtherSocket,
  frameNotObject,
  internalError,
  serverBusy,
  tooManyCommands,
  unknownCommand,
} from "../protocol/refusals.ts";
import type { RequiredScope } from "../protocol/scopes.ts";
import { requireScope } from "../sessions/scopes.ts";
import { takeFrameAliases } from "./aliases.ts";
import { type Frame, parseFrame, validRef } from "./frames.ts";
import type { InFlight } from "./in-flight.ts";
import type { SendOrder } from "./send-order.ts";
import type { CommandConnection, CommandHandler, CommandHandlers } from "./types.ts";

const SCOPES = Object.fromEntries(COMMANDS.map(({ type, scope }) => [type, scope])) as Record<
  CommandType,
  RequiredScope
>;

interface Command {
  schema: SchemaCheck;
  /** What an API key needs to send it. */
  scope: RequiredScope;
  handler: CommandHandler;
}

interface RefusingConnection {
  readonly sendOrder: SendOrder;
  refuse(ref: string | undefined, refusal: ChatError): void;
}

/** An open connection, as the dispatcher sees it. */
interface DispatchingConnection extends CommandConnection, RefusingConnection {
  readonly kind: SocketKind;
  /** Its commands that have not been responded to. */
  inFlight: number;
  acknowledge(ref: string, data: unknown): void;
}

interface DispatcherParts {
  inFlight: InFlight;
  limits: Pick<Limits, "command">;
  log: Logger;
  tracing: Tracing | null;
}

export class Dispatcher {
  private readonly commands: Record<SocketKind, Map<unknown, Command>>;

  /** Throws when a command of the protocol has no handler. */
  constructor(
    private readonly parts: DispatcherParts,
    private readonly handlers: CommandHandlers,
  ) {
    this.commands = {
      account: this.commandsOf("account"),
      direct: this.commandsOf("direct"),
      group: this.commandsOf("group"),
    };
  }

  /** Carries out what a frame asks for, and responds to it. */
  run(connection: DispatchingConnection, raw: string) {
    let frame: Frame | null = null;
    let handler: CommandHandler;
    try {
      // Each frame counts, whatever its content, and before anything is spent on it.
      this.parts.limits.command(connection.session.userId, raw.length);
      if (isTooDeep(raw)) throw tooDeep("The frame");
      frame = parseFrame(raw);
      if (!frame) throw new ChatError(frameNotObject);
      const command = this.commandOf(connection.kind, frame);
      if (connection.session.scopes !== null) requireScope(connection.session, command.scope);
      handler = command.handler;
    } catch (error) {
      const ref = frame ? frame.ref : findRef(raw);
      return this.refuseUnread(connection, raw, ref, this.toRefusal(error));
    }
    const ref = validRef(frame.ref);
    const refusal = this.acquire(connection, raw.length);
    if (refusal) {
      handler.onRefused?.(connection, frame as never, refusal);
      return connection.refuse(ref, refusal);
    }
    const { tracing } = this.parts;
    if (!tracing) return void this.respond(connection, ref, handler, frame, raw.length);
    void tracing.trace(String(frame.type), { "chat.socket": connection.kind }, () =>
      this.respond(connection, ref, handler, frame, raw.length),
    );
  }

  /** Refuses a frame that came before the connection is open, and for which there is no space: on this connection, or at all. */
  refuseEarly(connection: RefusingConnection, raw: string, isFull: boolean) {
    this.refuseUnread(connection, raw, findRef(raw), isFull ? tooMany() : overloaded(), true);
  }

  private async respond(
    connection: DispatchingConnection,
    ref: string | undefined,
    handler: CommandHandler,
    frame: Frame,
    size: number,
  ) {
    try {
      const data = await handler.run(connection, frame as never);
      if (ref !== undefined) connection.acknowledge(ref, data);
    } catch (error) {
      connection.refuse(ref, this.toRefusal(error));
    } finally {
      connection.inFlight--;
      this.parts.inFlight.release(size);
    }
  }

  /** Counts a command in; returns the refusal if there are too many. */
  private acquire(connection: DispatchingConnection, size: number): ChatError | null {
    if (connection.inFlight >= IN_FLIGHT_LIMIT) return tooMany();
    if (!this.parts.inFlight.acquire(size)) return overloaded();
    connection.inFlight++;
    return null;
  }

  private refuseUnread(connection: RefusingConnection, raw: string, ref: unknown, refusal: ChatError, isEarly = false) {
    connection.sendOrder.refuseUnread(raw, refusal, isEarly);
    connection.refuse(validRef(ref), refusal);
  }

  /** What a frame asks for on this kind of socket; aliases in the frame are replaced. Throws `bad_request` and `invalid`. */
  private commandOf(kind: SocketKind, frame: Frame): Command {
    const commands = this.commands[kind];
    let command = commands.get(frame.type);
    if (command?.schema.check(frame)) return command;
    takeFrameAliases(frame);
    command = commands.get(frame.type);
    if (!command) {
      const isKnown = typeof frame.type === "string" && Object.hasOwn(this.handlers, frame.type);
      throw new ChatError(isKnown ? commandOfOtherSocket : unknownCommand);
    }
    if (!command.schema.check(frame)) throw validationError(command.schema.errors(frame), "frame");
    return command;
  }

  private commandsOf(kind: SocketKind): Map<unknown, Command> {
    const commands = new Map<unknown, Command>();
    for (const [type, schema] of commandsOn(kind)) {
      const handler = this.handlers[type];
      if (!handler) throw new Error(`The command ${type} has no handler`);
      commands.set(type, {
        schema: new SchemaCheck(schema),
        handler,
        scope: SCOPES[type],
      });
    }
    return commands;
  }

  private toRefusal(error: unknown): ChatError {
    if (error instanceof ChatError) return error;
    if (isTransientDatabaseError(error)) return unavailable();
    this.parts.log.error({ error: safeError(error) }, "a command failed");
    return new ChatError(internalError);
  }
}

const tooMany = () => new ChatError(tooManyCommands(IN_FLIGHT_LIMIT));

const overloaded = () => new ChatError(serverBusy);
