// What the benchmark and its client processes tell each other, over Bun's channel between a process and its children.
import type { RoomKind } from "../../src/protocol/rooms.ts";

/** One socket of the load. */
export interface SocketPlan {
  /** Address on the server, with who it is. */
  path: string;
  kind: RoomKind;
  /** The rooms that it is in; one that sends takes them in turn. */
  rooms: number[];
  sends: boolean;
  /** On a socket for many rooms a command names its room. */
  named: boolean;
  /** Which of the subject's servers it connects to, in turn where there are fewer; the first when left out. */
  server?: number;
}

export interface ClientPlan {
  /** Of the servers that the sockets are spread over. */
  urls: readonly string[];
  sockets: SocketPlan[];
  /** Number of the first of these sockets among all of the fleet, so that no two make the same `client_id`. */
  first: number;
  /** A number that no other plan on the same server has, for the same reason. */
  run: number;
  /** Messages that each sender keeps under way; ignored when `rate` is set. */
  inFlight: number;
  /** Messages a second of this whole process, sent when they are due whatever the server does; null for as fast as answered. */
  rate: number | null;
  /** Every so many messages of a sender have formatting and answer one that they have seen; none when left out. */
  richEach?: number | null;
  /** Whether sends carry a `ref` and count as answered with their `ack`, rather than with their own `message.new`. */
  acks: boolean;
}

/** In the order in which they are given; beside each is what is told once it is done. */
export type Order =
  | { order: "connect"; plan: ClientPlan } // ready
  | { order: "go" }
  // What came before it does not count.
  | { order: "mark" }
  | { order: "stop" } // drained
  | { order: "expect"; rooms: [room: number, messages: number][] }; // checked

export interface Measured {
  /** Since the mark. */
  seconds: number;
  /** Own messages, or calls, answered. */
  answered: number;
  /** `message.new` frames of anybody's; null where there are none. */
  deliveries: number | null;
  /** Sampled, in milliseconds. */
  latencies: number[];
  /** Of this process, in seconds. */
  cpu: number;
  /** How late a timer of 10 ms came at worst, in milliseconds. */
  lag: number;
}

export type Told =
  | { told: "ready"; seconds: number }
  | { told: "drained"; measured: Measured; sent: [room: number, messages: number][] }
  | { told: "checked"; faults: string[] };

/** For reader.ts: HTTP calls, so many at a time, each after the other and from the first again. */
export interface ReaderPlan {
  url: string;
  calls: { path: string; token: string }[];
  inFlight: number;
  /** What every answer must hold this many of under `data`. */
  rows: number;
  seconds: number;
}

export type ReaderTold = { told: "read"; measured: Omit<Measured, "deliveries">; faults: string[] };

/** For resumer.ts: clients that are cut off and come back. Rooms are named as on the wire, `group:7`. */
export interface ResumerPlan {
  url: string;
  clients: { token: string; rooms: string[] }[];
}

export type ResumerOrder =
  | { order: "connect"; plan: ResumerPlan } // ready
  | { order: "cut" } // cut
  /** At another server where `url` is given. */
  | { order: "resume"; missed: number; url?: string | undefined }; // resumed

export type ResumerTold =
  | { told: "ready" }
  | { told: "cut" }
  /** `seconds` until each client had all that it missed; `retries` is of connections that failed. */
  | { told: "resumed"; seconds: number[]; retries: number; faults: string[] };

/** For chatter.ts: clients that are chats of the SDK. */
export type ChatterOrder =
  | { order: "connect"; url: string; tokens: string[] } // connected
  | { order: "collect"; limitMs: number }; // collected

/** How a client came from one server to another; instants are those of `instant`. */
export interface Failover {
  /** The last message before. */
  lastAt: number;
  /** When it noticed that the connection was lost. */
  lostAt: number;
  /** When it began the last of these attempts. */
  triedAt: number;
  /** Connections until one was open. */
  attempts: number;
  /** When everything missed was replayed; null where the first message came before that. */
  openAt: number | null;
  /** The first message after. */
  firstAt: number;
}

export type ChatterTold =
  | { told: "connected" }
  /** Of those that lost their server since this was asked last. */
  | { told: "collected"; failovers: Failover[]; faults: string[] };

/** In milliseconds, by a clock that all processes share. */
export const instant = () => performance.timeOrigin + performance.now();
