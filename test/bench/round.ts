// What one round of a load came to, put together from what its client processes measured.
import type { Measured } from "./plan.ts";
import type { Counters, Subject, Usage } from "./subjects.ts";

// Past this share of a core, or this late, the clients may be what limits a round.
const BUSY = 0.9;
const LATE_MS = 50;
const RESAMPLES = 10_000;

/** Shares are of one core; null where they can't be known. */
export interface Round {
  /** The name of what was measured. */
  subject: string;
  /** Messages, or calls, answered a second. */
  answered: number;
  /** `message.new` frames a second, of all sockets; null where there are none. */
  deliveries: number | null;
  p50: number;
  p99: number;
  cpu: Usage & { clients: number[] };
  /** What the servers counted meanwhile; null where they were not asked. */
  counted: Counters | null;
  /** How late the clients' timers were at worst, in milliseconds. */
  lag: number;
  faults: string[];
  /** Whether the clients were at their limit, so that the subject might do more. */
  clientBound: boolean;
}

/** Watches how busy a subject is: the answer is called at the end, and tells the shares since. */
export function watch(subject: Subject): () => Usage {
  const before = subject.usage();
  const began = performance.now();
  return () => {
    const seconds = (performance.now() - began) / 1000;
    const after = subject.usage();
    const share = (from: number | null, to: number | null) =>
      from === null || to === null ? null : (to - from) / seconds;
    return {
      server: share(before.server, after.server),
      database: share(before.database, after.database),
      bus: share(before.bus, after.bus),
    };
  };
}

export function summarize(subject: string, results: Measured[], faults: string[], usage: Usage): Round {
  const latencies = results.flatMap((result) => result.latencies).sort((a, b) => a - b);
  const clients = results.map((result) => result.cpu / result.seconds);
  const lag = Math.max(...results.map((result) => result.lag));
  const perSecond = (of: (result: Measured) => number) =>
    results.reduce((sum, result) => sum + of(result) / result.seconds, 0);
  return {
    subject,
    answered: perSecond((result) => result.answered),
    deliveries: results.every(({ deliveries }) => deliveries === null)
      ? null
      : perSecond((result) => result.deliveries ?? 0),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpu: { ...usage, clients },
    counted: null,
    lag,
    faults,
    clientBound: clients.some((busy) => busy > BUSY) || lag > LATE_MS,
  };
}

/** Of numbers in ascending order; 0 when there are none. */
export function percentile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The median and its 95 % interval, by resampling. */
export function medianInterval(numbers: number[]): { median: number; low: number; high: number } {
  const any = () => numbers[Math.floor(Math.random() * numbers.length)]!;
  const medians = Array.from({ length: RESAMPLES }, () => median(numbers.map(any))).sort((a, b) => a - b);
  return { median: median(numbers), low: percentile(medians, 0.025), high: percentile(medians, 0.975) };
}

/** The middle one, or the mean of the two in the middle. */
export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
