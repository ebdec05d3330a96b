// What a message costs each part of a subject in processor time, and what else tells how several servers work together.
import type { Bench } from "./bench.ts";
import { short } from "./report.ts";
import { median, type Round } from "./round.ts";
import type { Counters, Usage } from "./subjects.ts";

type Part = keyof Usage | "clients";

/** Microseconds of processor time a message; of all parts but the clients with `all`. NaN where it is not known. */
export const costOf = (part: Part | "all") => (round: Round) => {
  const { clients, ...parts } = round.cpu;
  const sum = (shares: (number | null)[]) => shares.reduce<number>((total, share) => total + (share ?? 0), 0);
  const share = part === "clients" ? sum(clients) : part === "all" ? sum(Object.values(parts)) : parts[part];
  return ((share ?? Number.NaN) / round.answered) * 1e6;
};

/** Messages that one statement stored, on average. */
export const batchSize = ({ counted }: Round) => per(counted, "messages", "batches");

/** Microseconds that statements which stored messages took, a message: waits for locks and for the disk included. */
export const storingTime = ({ counted }: Round) => per(counted, "batchSeconds", "messages") * 1e6;

/** Events read from the database because the bus had not brought them in time, of a thousand messages. */
export const filledOf = ({ counted }: Round) => per(counted, "filled", "messages") * 1e3;

function per(counted: Counters | null, what: keyof Counters, unit: keyof Counters) {
  return counted ? counted[what] / counted[unit] : Number.NaN;
}

const COLUMNS: [head: string, of: (round: Round) => number][] = [
  ["messages/s", ({ answered }) => answered],
  ["deliveries/s", ({ deliveries }) => deliveries ?? Number.NaN],
  ["servers us", costOf("server")],
  ["PostgreSQL us", costOf("database")],
  ["NATS us", costOf("bus")],
  ["clients us", costOf("clients")],
  ["p50 ms", ({ p50 }) => p50],
  ["p99 ms", ({ p99 }) => p99],
  ["batch", batchSize],
  ["storing us", storingTime],
  ["filled/1,000", filledOf],
];

/** Adds a table of the medians of each subject's rounds; times are processor time a message but that of storing. */
export function costTable({ report }: Bench, title: string, subjects: Round[][]) {
  const rows = subjects.map((rounds) => [
    rounds[0]!.subject,
    ...COLUMNS.map(([, of]) => {
      const value = median(rounds.map(of));
      return Number.isNaN(value) ? "" : short(value);
    }),
  ]);
  report.table(title, [["", ...COLUMNS.map(([head]) => head)], ...rows]);
}
