// How events, replies and commands are declared. From a declaration come the schema and the types of its frames, the one way to
// encode them, and what the documents say of them.
import { FormatRegistry, type Static, type TObject, type TProperties, type TSchema, Type } from "@sinclair/typebox";
import { REF_LIMIT } from "./limits.ts";
import type { RoomKind } from "./rooms.ts";
import type { RequiredScope } from "./scopes.ts";
import { isCleanText } from "./text.ts";
import { FORMAT_MESSAGES } from "./types.ts";

/** `account` is `/ws`, one socket for everything; the others are sockets of a single room. */
export const SOCKET_KINDS = ["account", "direct", "group"] as const satisfies ("account" | RoomKind)[];
export type SocketKind = (typeof SOCKET_KINDS)[number];

/** An example of a frame: what differs from the examples of its schema's parts; in `data`, field by field. */
export interface Example {
  /** What it shows; missing where there is only one. */
  summary?: string;
  fields: { readonly [field: string]: unknown };
}

/** What the documents say of a frame: a sentence, and an example or several, each named by what it shows. */
interface Description {
  summary: string;
  example?: object;
  examples?: Record<string, object>;
}

const toExamples = ({ example = {}, examples }: Description): Example[] =>
  examples
    ? Object.entries(examples).map(([summary, fields]) => ({ summary, fields: { ...fields } }))
    : [{ fields: { ...example } }];

/** A frame that the server sends. Clients must accept fields that they do not know. */
export interface Frame<Wire = unknown> {
  readonly type: string;
  readonly schema: TObject;
  readonly summary: string;
  readonly examples: readonly Example[];
  /** For types alone: what the schema describes. It has no value. */
  readonly wire?: Wire;
}

/** What a declared frame, reply or command looks like on the wire. */
export type WireOf<Declared> = Declared extends { readonly wire?: infer Wire } ? Exclude<Wire, undefined> : never;

const toFrame = (type: string, fields: TProperties, about: Description): Frame => ({
  type,
  schema: Type.Object(
    { type: Type.Literal(type), ...fields },
    { description: about.summary, additionalProperties: false },
  ),
  summary: about.summary,
  examples: toExamples(about),
});

type Flat<Fields> = { [Field in keyof Fields]: Fields[Field] };

// Events.

/** The receivers of an event: the members of a conversation, of a group, of a room of either kind, or one user on `/ws`. */
export type Audience = RoomKind | "room" | "account";

/** The sockets on which an event for an audience is sent. */
export const SOCKETS_OF: Record<Audience, readonly SocketKind[]> = {
  direct: ["account", "direct"],
  group: ["account", "group"],
  room: ["account", "direct", "group"],
  account: ["account"],
};

const Seq = Type.Integer({ minimum: 1, description: "The change's position in the room.", examples: [5] });

interface EventInput extends Description {
  type: string;
  data: TSchema;
}

type Examples<Fields> = { example?: Fields; examples?: Record<string, Fields> };
type Part<Data extends TSchema> = Partial<Static<Data>>;

export interface DurableFrame<T extends string, Data extends TSchema>
  extends Frame<{ type: T; seq: number; data: Static<Data> }> {
  encode(seq: number, data: Static<Data>): string;
}
export interface EphemeralFrame<T extends string, Data extends TSchema> extends Frame<{ type: T; data: Static<Data> }> {
  encode(data: Static<Data>): string;
}

type DurableFrames<Input> = {
  readonly [A in keyof Input]: Input[A] extends { type: infer T extends string; data: infer Data extends TSchema }
    ? DurableFrame<T, Data>
    : never;
};
type EphemeralFrames<Input> = {
  readonly [A in keyof Input]: Input[A] extends { type: infer T extends string; data: infer Data extends TSchema }
    ? EphemeralFrame<T, Data>
    : never;
};

/** A change that is stored in the room's timeline under `kind`, has a `seq`, and is replayed to those who missed it. */
export interface DurableEvent<
  Kind extends string = string,
  Carries extends "message" | "data" = "message" | "data",
  Frames = unknown,
> {
  readonly kind: Kind;
  /** Its data is the message that it is about, as that stands now; or what was stored with the event. */
  readonly carries: Carries;
  /** Whether it moves its room up in lists by activity. */
  readonly isActivity: boolean;
  readonly frames: Frames;
}

/** What is sent to those who are connected and kept nowhere. */
export interface EphemeralEvent<Frames = unknown> {
  readonly kind: null;
  readonly frames: Frames;
}

/** The rooms whose events have a frame: conversations, groups, or both alike. */
type RoomAudience = RoomKind | "room";

/** Declares a durable event, with its frame in each kind of room that may have it, or one for both. */
export const defineEvent = <
  const Kind extends string,
  const Input extends Partial<Record<RoomAudience, EventInput>>,
  const Carries extends "message" | "data" = "data",
>({
  kind,
  carries,
  isActivity = true,
  frames,
}: {
  kind: Kind;
  carries?: Carries;
  isActivity?: boolean;
  frames: Input & {
    [A in keyof Input]: Input[A] extends EventInput ? Examples<{ seq?: number; data?: Part<Input[A]["data"]> }> : never;
  };
}): DurableEvent<Kind, Carries, DurableFrames<Input>> => ({
  kind,
  carries: carries ?? ("data" as Carries),
  isActivity,
  frames: mapFrames(frames, ({ type, data, ...about }) => ({
    ...toFrame(type, { seq: Seq, data }, about),
    encode: (seq: number, value: unknown) => JSON.stringify({ type, seq, data: value }),
  })) as DurableFrames<Input>,
});

/** Declares an event that is not stored, with its frame for each audience. */
export const defineEphemeralEvent = <const Input extends Partial<Record<Audience, EventInput>>>(
  frames: Input & {
    [A in keyof Input]: Input[A] extends EventInput ? Examples<{ data?: Part<Input[A]["data"]> }> : never;
  },
): EphemeralEvent<EphemeralFrames<Input>> => ({
  kind: null,
  frames: mapFrames(frames, ({ type, data, ...about }) => ({
    ...toFrame(type, { data }, about),
    encode: (value: unknown) => JSON.stringify({ type, data: value }),
  })) as EphemeralFrames<Input>,
});

const mapFrames = (frames: Partial<Record<Audience, EventInput>>, toFrame: (input: EventInput) => unknown) =>
  Object.fromEntries(Object.entries(frames).map(([audience, input]) => [audience, toFrame(input)]));

// Replies.

/** What the server returns for a command. */
export interface Reply<T extends string = string, Fields extends TProperties = TProperties>
  extends Frame<Flat<{ type: T } & Static<TObject<Fields>>>> {
  readonly sockets: readonly SocketKind[];
  encode(fields: Static<TObject<Fields>>): string;
}

/** Declares a reply, and on which sockets it may come. */
export const defineReply = <const T extends string, Fields extends TProperties>({
  type,
  fields,
  on = SOCKET_KINDS,
  ...about
}: {
  type: T;
  fields: Fields;
  on?: readonly SocketKind[];
} & Description): Reply<T, Fields> => ({
  ...(toFrame(type, fields, about) as Frame<never>),
  sockets: on,
  encode: (values) => JSON.stringify({ type, ...values }),
});

// Commands.

// A character may take two UTF-16 units.
export const isRef = (ref: unknown): ref is string =>
  typeof ref === "string" &&
  (ref.length <= REF_LIMIT || (ref.length <= REF_LIMIT * 2 && [...ref].length <= REF_LIMIT)) &&
  isCleanText(ref);

FormatRegistry.Set("ref", isRef);
FORMAT_MESSAGES.ref = `must be a text of at most ${REF_LIMIT} characters`;

const ref = Type.Optional(
  Type.String({
    format: "ref",
    description: "Returned in the `ack` or `error`.",
    examples: ["1"],
  }),
);

/** What a client may send, in the form of each kind of socket that takes it. */
export interface Command<T extends string = string, Wires = unknown> {
  readonly type: T;
  /** What an API key needs to send it. */
  readonly scope: RequiredScope;
  readonly summary: string;
  /** By kind of socket; the same object where the fields are the same. */
  readonly schemas: Partial<Record<SocketKind, TObject>>;
  /** Where one made from the schema's parts is not enough. */
  readonly examples: Partial<Record<SocketKind, readonly Example[]>>;
  /** What may follow besides `ack` and `error`. */
  readonly replies: readonly Frame[];
  /** For types alone: what the schemas describe, on whichever socket and by kind of socket. They have no value. */
  readonly wire?: Wires[keyof Wires];
  readonly wires?: Wires;
}

type CommandWires<T extends string, On> = {
  [K in keyof On]: On[K] extends TProperties ? Flat<{ type: T; ref?: string } & Static<TObject<On[K]>>> : never;
};

/** For a command that has the same fields on every socket. */
export const onEverySocket = <Fields extends TProperties>(fields: Fields) => ({
  account: fields,
  direct: fields,
  group: fields,
});

/** Declares a command by its fields on each kind of socket that takes it. */
export function defineCommand<const T extends string, On extends Partial<Record<SocketKind, TProperties>>>({
  type,
  scope,
  on,
  summary,
  examples = {},
  replies = [],
}: {
  type: T;
  /** What an API key needs to send it. */
  scope: RequiredScope;
  on: On;
  summary: string;
  examples?: { [K in keyof On]?: Record<string, object> };
  replies?: readonly Frame[];
}): Command<T, CommandWires<T, On>> {
  const toSchema = memoize((fields: TProperties) =>
    Type.Object({ type: Type.Literal(type), ...fields, ref }, { description: summary }),
  );
  const each = <A, B>(record: Record<string, A>, to: (value: A) => B) =>
    Object.fromEntries(Object.entries(record).map(([socket, value]) => [socket, to(value)]));
  return {
    type,
    scope,
    summary,
    schemas: each(on as Record<string, TProperties>, toSchema),
    examples: each(examples as Record<string, Record<string, object>>, (named) =>
      toExamples({ summary, examples: named }),
    ),
    replies,
  };
}

function memoize<A, B>(of: (value: A) => B): (value: A) => B {
  const made = new Map<A, B>();
  return (value) => {
    if (!made.has(value)) made.set(value, of(value));
    return made.get(value)!;
  };
}
