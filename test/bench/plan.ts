// What the benchmark and its client processes tell each other, over Bun's channel between a process and its children.
import type { RoomKind } from "../../src/bus/bus.ts";

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
}

export interface ClientPlan {
  url: string;
  sockets: SocketPlan[];
  /** Number of the first of these sockets among all of the fleet, so that no two make the same `client_id`. */
  first: number;
  /** A number that no other plan on the same server has, for the same reason. */
  run: number;
  /** Messages that each sender keeps under way; ignored when `rate` is set. */
  inFlight: number;
  /** Messages a second of this whole process, sent when they are due whatever the server does; null for as fast as answered. */
  rate: number | null;
  /** Whether sends carry a `ref` and count as answered with their `ack`, rather than with their own `message.new`. */
  acks: boolean;
}

/** In the order in which they are told; each is answered by the event of `Told` beside it. */
export type Order =
  | { order: "connect"; plan: ClientPlan } // ready
  | { order: "go" } // nothing
  | { order: "mark" } // nothing: what came before does not count
  | { order: "stop" } // drained
  | { order: "expect"; rooms: [room: number, messages: number][] } // checked
  | { order: "leave" }; // ends

export interface Measured {
  /** Since the mark. */
  seconds: number;
  /** Own messages answered. */
  answered: number;
  /** `message.new` frames of anybody's. */
  deliveries: number;
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
