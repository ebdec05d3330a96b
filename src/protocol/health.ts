// Shapes of what servers say of themselves to those who run them.
import { type Static, Type } from "@sinclair/typebox";
import { Nullable, Timestamp, Uuid } from "./types.ts";

const Count = (description: string, example: number) => Type.Integer({ minimum: 0, description, examples: [example] });
const Amount = (description: string, example: number) => Type.Number({ minimum: 0, description, examples: [example] });

export const ServerFigures = Type.Object({
  version: Type.String({ description: "The version that runs.", examples: ["0.1.0"] }),
  started_at: Timestamp("When the process started."),
  status: Type.String({
    description: "`ok`, or why it is to be sent no requests, as `GET /ready` says it.",
    examples: ["ok"],
  }),
  sockets: Count("Open sockets.", 1200),
  users_online: Count("Users with a socket on this server; those with one on each of several count on each.", 800),
  rooms: Count("Rooms that at least one socket follows.", 300),
  messages: Count("Messages stored since the start.", 48_000),
  messages_per_second: Nullable(
    Amount("Stored since the last reading; null when that is more than a minute ago.", 12.5),
    12.5,
  ),
  commands_under_way: Count("Commands of sockets that are not answered yet.", 2),
  write_queue: Count("Messages and changes that wait for the database.", 0),
  write_queue_age_seconds: Amount("For how long the oldest of them has waited.", 0),
  receipt_queue: Count("Receipts that wait for the database.", 0),
  database: Type.Object({
    status: Type.Union([Type.Literal("ok"), Type.Literal("unavailable")], {
      description: "Whether it can be read and written.",
      examples: ["ok"],
    }),
    response_ms: Nullable(Amount("How long it took to answer; null when it did not.", 0.8), 0.8),
    connections: Count("Open connections to it.", 10),
    connections_busy: Count("Those that wait for an answer; when all do, requests wait.", 1),
  }),
  bus: Nullable(
    Type.Object({
      is_up: Type.Boolean({ description: "Whether this server hears the others by it.", examples: [true] }),
      verify_lag_seconds: Amount("Since when every room is known to have been compared with the database.", 12),
    }),
  ),
  cpu: Nullable(
    Amount(
      "Processor time as a share of one core since the last reading; null when that is more than a minute ago.",
      0.2,
    ),
    0.2,
  ),
  event_loop_lag_seconds: Amount("The longest time for which nothing else could run since the last reading.", 0.02),
  memory_bytes: Count("Resident memory of the process.", 180_000_000),
  heap_bytes: Count("JavaScript objects in it.", 60_000_000),
  disk: Nullable(
    Type.Object({
      free_bytes: Count("What is left where the server keeps its data.", 40_000_000_000),
      total_bytes: Count("All of it.", 100_000_000_000),
    }),
  ),
});
export type ServerFigures = Static<typeof ServerFigures>;

export const ServerHealth = Type.Object({
  id: Uuid("Of the process: another one after each start."),
  name: Type.String({ description: "For people: where it runs.", examples: ["chat-1, process 4711"] }),
  is_current: Type.Boolean({ description: "Whether it is the one that responds to this call.", examples: [true] }),
  figures: Nullable(ServerFigures),
});
export type ServerHealth = Static<typeof ServerHealth>;

export const Health = Type.Object({
  servers: Type.Array(ServerHealth, {
    description:
      "Those on the database, by name. Without figures: it did not respond in time, or is of a version that can't.",
  }),
});
export type Health = Static<typeof Health>;
