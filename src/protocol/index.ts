// The registries of what travels over sockets, put together from the features' files, and the types that derive from them. The
// server, the documents, the database's kinds and the tests read these; a new event is added in its feature's file alone.
import { type TAny, type TObject, Type } from "@sinclair/typebox";
import { connectionCommands, connectionReplies } from "./connection.ts";
import {
  type Audience,
  type DurableEvent,
  type DurableFrame,
  type Frame,
  SOCKETS_OF,
  type SocketKind,
  type WireOf,
} from "./define.ts";
import { fileEvents } from "./files.ts";
import { friendEvents } from "./friends.ts";
import { groupEvents } from "./groups.ts";
import { messageCommands, messageEvents } from "./messages.ts";
import { presenceEvents } from "./presence.ts";
import { reactionEvents } from "./reactions.ts";
import { receiptCommands, receiptEvents } from "./receipts.ts";
import { reportEvents } from "./reports.ts";
import type { RoomKind } from "./rooms.ts";
import { type roomResumed, syncCommands, syncEvents, syncReplies } from "./sync.ts";
import { typingCommands, typingEvents } from "./typing.ts";
import { userEvents } from "./users.ts";

export { ERRORS } from "./errors.ts";

export const EVENTS = [
  ...messageEvents,
  ...reactionEvents,
  ...groupEvents,
  ...receiptEvents,
  ...typingEvents,
  ...syncEvents,
  ...presenceEvents,
  ...friendEvents,
  ...fileEvents,
  ...userEvents,
  ...reportEvents,
] as const;
export const REPLIES = [...connectionReplies, ...syncReplies] as const;
export const COMMANDS = [
  ...connectionCommands,
  ...messageCommands,
  ...receiptCommands,
  ...typingCommands,
  ...syncCommands,
] as const;

export type Event = (typeof EVENTS)[number];
type Durable = Exclude<Event, { kind: null }>;
type FramesOf<E extends Event> = E extends { frames: infer Frames } ? Frames[keyof Frames] : never;

// Durable events.

/** The kinds under which changes of rooms are stored. */
export type EventKind = Durable["kind"];
/** Of events whose data is the message that they are about. */
export type MessageEventKind = Extract<Durable, { carries: "message" }>["kind"];
/** Of events whose data is stored with them. */
export type DataEventKind = Exclude<EventKind, MessageEventKind>;
/** The data of a durable event, as it is on the wire. */
export type EventData<Kind extends EventKind> = WireOf<FramesOf<Extract<Durable, { kind: Kind }>>>["data"];

const BY_KIND = Object.fromEntries(EVENTS.map((event) => [event.kind, event])) as unknown as Record<EventKind, Durable>;
export const durableEvent = (kind: EventKind): DurableEvent => BY_KIND[kind];
/** The frame of a durable event in a kind of room. An event is only stored in rooms for which it declares one. */
export function durableFrame(kind: EventKind, room: RoomKind): DurableFrame<string, TAny> {
  const frames = BY_KIND[kind].frames as unknown as Record<RoomKind | "room", DurableFrame<string, TAny>>;
  return frames[room] ?? frames.room;
}

export const DURABLE_EVENTS: readonly Durable[] = EVENTS.filter((event) => event.kind !== null);
export const EVENT_KINDS = DURABLE_EVENTS.map(({ kind }) => kind) as [EventKind, ...EventKind[]];
export const MESSAGE_EVENT_KINDS = DURABLE_EVENTS.filter(({ carries }) => carries === "message").map(
  ({ kind }) => kind,
) as [MessageEventKind, ...MessageEventKind[]];

/** Of changes of a group that are not about messages. */
export const GROUP_CHANGE_KINDS = DURABLE_EVENTS.filter(
  ({ carries, frames }) => carries === "data" && "group" in frames,
).map(({ kind }) => kind);

type GroupFrameOf<E> = E extends { kind: DataEventKind; frames: { group: infer Group } } ? Group : never;
/** A change of a group that is not about a message, as sockets and HTTP have it. */
export type GroupEvent = WireOf<GroupFrameOf<Durable>>;
export const GroupEvent = Type.Unsafe<GroupEvent>(
  Type.Union(GROUP_CHANGE_KINDS.map((kind) => durableFrame(kind, "group").schema)),
);

// Frames.

/** A durable event on the wire. */
export type RoomEventFrame = WireOf<FramesOf<Durable>>;
/** What the server may send on `/ws`. */
export type ServerFrame = WireOf<FramesOf<Event> | Exclude<(typeof REPLIES)[number], typeof roomResumed>>;

/** A frame of the server, with the sockets on which it may be sent. */
export interface ServerFrameEntry {
  frame: Frame;
  role: "event" | "reply";
  isDurable: boolean;
  sockets: readonly SocketKind[];
}

/** Every frame that the server may send. */
export const SERVER_FRAMES: readonly ServerFrameEntry[] = [
  ...EVENTS.flatMap(({ kind, frames }) =>
    Object.entries<Frame>(frames).map(
      ([audience, frame]): ServerFrameEntry => ({
        frame,
        role: "event",
        isDurable: kind !== null,
        sockets: SOCKETS_OF[audience as Audience],
      }),
    ),
  ),
  ...REPLIES.map((frame): ServerFrameEntry => ({ frame, role: "reply", isDurable: false, sockets: frame.sockets })),
];

/** The frames that a socket of this kind may get. No two have the same type. */
export const framesOn = (socket: SocketKind): Frame[] =>
  SERVER_FRAMES.filter(({ sockets }) => sockets.includes(socket)).map(({ frame }) => frame);

// Commands.

export type CommandType = (typeof COMMANDS)[number]["type"];
/** A command as a client sends it, on whichever socket. */
export type CommandOf<T extends CommandType> = WireOf<Extract<(typeof COMMANDS)[number], { type: T }>>;
/** The commands that a socket of this kind takes, as a client sends them. */
export type CommandOn<Socket extends SocketKind> =
  Extract<(typeof COMMANDS)[number]["wires"], object> extends infer Wires
    ? Wires extends { [S in Socket]: infer Wire }
      ? Wire
      : never
    : never;
/** The schemas of the commands that a socket of this kind takes, by type. */
export const commandsOn = (socket: SocketKind): Map<CommandType, TObject> =>
  new Map(
    COMMANDS.flatMap(({ type, schemas }) => {
      const schema = schemas[socket];
      return schema ? [[type, schema] as const] : [];
    }),
  );
