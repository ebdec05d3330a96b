// The contracts between the parts of this folder, and of the commands that modules register. Types alone, so that no two parts
// import each other.
import type { RoomSignal } from "../bus/bus.ts";
import type { ChatError } from "../lib/errors.ts";
import type { SocketKind } from "../protocol/define.ts";
import type { CommandType } from "../protocol/index.ts";
import type { CloseReason } from "../protocol/limits.ts";
import type { Room, RoomCommand, RoomTopic, Topic } from "../protocol/rooms.ts";
import type { ResumeCommand } from "../protocol/sync.ts";
import type { Session } from "../sessions/sessions.ts";
import type { SendOrder } from "./send-order.ts";

/** A connection, as the hub sees it. */
export interface HubConnection {
  /** By the monotonic clock, in milliseconds. */
  readonly openedAt: number;
  /** For how many sweeps nothing was received from the client. */
  readonly silentSweeps: number;
  /** Null until the connection is authenticated. */
  readonly session: Session | null;
  readonly kind: SocketKind;
  /** Commands that have not been responded to. */
  readonly inFlight: number;
  /** The rooms it is subscribed to. */
  readonly rooms: Room[];
  onRoomSignal(signal: RoomSignal): void;
  /** Runs `work` while the connection receives nothing that is published on the topic. */
  withoutSubscription(topic: Topic, work: () => void): void;
  /** Called every sweep; `now` is the monotonic clock's. */
  onSweep(now: number): void;
  ping(): void;
  onAuthTimeout(): void;
  /** Closes the connection from our side; the client can read why. */
  end(reason: CloseReason): void;
  /** Closes the connection because the server shuts down. */
  sendAway(): void;
  /** Terminates the connection of a client that no longer responds, without a close frame. */
  terminate(): void;
}

/** A connection, as its subscriptions see it. */
export interface SubscribingConnection {
  readonly isEnded: boolean;
  /** Subscribes to the user's own topic. */
  subscribeAccount(topic: Topic): void;
  /** Subscribes to a room past `seq`, a position that has been published; during a replay, once that is sent. */
  subscribe(room: Room, seq: number): void;
  /** Unsubscribes from a room; `finalFrame` is sent behind everything else about it. */
  unsubscribe(room: Room, finalFrame: string): void;
  /** Sends a frame behind everything else about a room. */
  sendInOrder(topic: RoomTopic, frame: string): void;
  end(reason: CloseReason): void;
}

/** A connection, as a replay sees it. */
export interface ReplayingConnection {
  readonly isEnded: boolean;
  readonly session: Session | null;
  readonly kind: SocketKind;
  /** The rooms it is subscribed to. */
  readonly rooms: Room[];
  send(frame: string): void;
  /** Sends one of many frames; the promise, if there is one, resolves when the client has taken enough of them. */
  sendPaced(frame: string): Promise<void> | undefined;
  startLive(topic: RoomTopic): void;
  stopLive(topic: RoomTopic): void;
  end(reason: CloseReason): void;
}

/** An authenticated connection, as the handlers of commands see it. */
export interface CommandConnection {
  readonly session: Session;
  readonly kind: SocketKind;
  /** In which order its messages are stored. */
  readonly sendOrder: SendOrder;
  /** The room that a command is about. Throws `invalid`, `bad_request`. */
  roomOf(command: RoomCommand): Room;
  send(frame: string): void;
  /** Continues under the session of a new token, which must be the same user's. Returns the data of the `ack`. */
  renew(token: string): Promise<unknown>;
  /** Replays what the connection has missed; resolves when that is done. */
  resume(command: ResumeCommand): Promise<void>;
}

/** A handler takes the frame of its command, which has been validated. */
export interface CommandHandler {
  /**
   * Returns the data of the `ack`. Must pass its work on before its first await: the order of a socket's commands depends on it.
   * Throws a ChatError to refuse the command.
   */
  run(connection: CommandConnection, frame: never): unknown;
  /** Called instead of `run` when the command was refused before it started. */
  onRefused?(connection: CommandConnection, frame: never, refusal: ChatError): void;
}

/** Handlers by the `type` of their command. */
export type CommandHandlers = Partial<Record<CommandType, CommandHandler>>;

/** What the modules decide about a room and a user. */
export interface RoomAccess {
  /** Throws `not_found`, `forbidden`. */
  requireMember(room: Room, userId: number): Promise<unknown>;
  /** Throws `not_found`, `forbidden`, `muted`, `blocked`. */
  requireCanPost(room: Room, userId: number): Promise<unknown>;
}
