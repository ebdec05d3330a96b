// The client processes of a load, and one round of it: all connect, talk for so long, fall silent, and compare what they saw.
import { join } from "node:path";
import type { ClientPlan, Measured, Order, SocketPlan, Told } from "./plan.ts";
import type { Subject, Usage } from "./subjects.ts";
import { cores } from "./subjects.ts";

// Until what was started cold is warm and the first checkpoint of nothing is over; it does not count.
const WARM_UP_MS = 1_000;
// Past this share of a core, or this late, the clients may be what limits a round.
const BUSY = 0.9;
const LATE_MS = 50;
// As a hundred runs a second for ten minutes would take; it has four hexadecimal digits.
const RUNS = 0x10000;

export interface Load {
  sockets: SocketPlan[];
  inFlight: number;
  /** Messages a second of all together; null for as fast as they are answered. */
  rate?: number | null;
  acks?: boolean;
}

/** What one round came to. Shares are of one core; null where they can't be known. */
export interface Round {
  subject: Subject["name"];
  messages: number;
  deliveries: number;
  p50: number;
  p99: number;
  cpu: { server: number | null; database: number | null; clients: number[] };
  lag: number;
  faults: string[];
  /** Whether the clients were at their limit, so that the subject might do more. */
  clientBound: boolean;
}

/** As many client processes as leave the server a core to itself; one at least. */
export const CLIENTS = Math.max(1, Math.min(4, cores - 1));

let runs = Math.floor(Math.random() * RUNS);

export class Client {
  private readonly process: Bun.Subprocess;
  private readonly told: Told[] = [];
  private wake: (() => void) | null = null;
  private ended = false;

  constructor(script = "client.ts") {
    this.process = Bun.spawn([process.execPath, join(import.meta.dir, script)], {
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (told: Told) => {
        this.told.push(told);
        this.wake?.();
      },
      onExit: () => {
        this.ended = true;
        this.wake?.();
      },
    });
  }

  order(order: Order) {
    this.process.send(order);
  }

  async hear<T extends Told["told"]>(what: T): Promise<Extract<Told, { told: T }>> {
    while (this.told.length === 0 && !this.ended) await new Promise<void>((resolve) => (this.wake = resolve));
    const told = this.told.shift();
    if (told?.told !== what) throw new Error(`a client process ended before it was ${what}`);
    return told as Extract<Told, { told: T }>;
  }

  async leave() {
    if (!this.ended) this.order({ order: "leave" });
    await this.process.exited;
  }
}

/** One round of a load against a subject. */
export async function runRound(subject: Subject, load: Load, seconds: number, clients = CLIENTS): Promise<Round> {
  const fleet = Array.from({ length: Math.min(clients, load.sockets.length) }, () => new Client());
  try {
    for (const [index, plan] of share(subject, load, fleet.length).entries()) {
      fleet[index]!.order({ order: "connect", plan });
    }
    await Promise.all(fleet.map((client) => client.hear("ready")));
    tellAll(fleet, { order: "go" });
    await Bun.sleep(WARM_UP_MS);
    tellAll(fleet, { order: "mark" });
    const before = subject.usage();
    const began = performance.now();
    await Bun.sleep(seconds * 1000);
    const after = subject.usage();
    const elapsed = (performance.now() - began) / 1000;
    tellAll(fleet, { order: "stop" });
    const drained = await Promise.all(fleet.map((client) => client.hear("drained")));
    const rooms = new Map<number, number>();
    for (const { sent } of drained) for (const [room, count] of sent) rooms.set(room, (rooms.get(room) ?? 0) + count);
    tellAll(fleet, { order: "expect", rooms: [...rooms] });
    const checked = await Promise.all(fleet.map((client) => client.hear("checked")));
    const faults = checked.flatMap((result) => result.faults);
    return summarize(
      subject.name,
      drained.map((result) => result.measured),
      faults,
      usageShare(before, after, elapsed),
    );
  } finally {
    await Promise.all(fleet.map((client) => client.leave()));
  }
}

/** Deals the sockets out, so that each process has its part of every kind. */
function share(
  subject: Subject,
  { sockets, inFlight, rate = null, acks = false }: Load,
  processes: number,
): ClientPlan[] {
  const run = ++runs % RUNS;
  const perProcess = Math.ceil(sockets.length / processes);
  return Array.from({ length: processes }, (_, index) => ({
    url: subject.url,
    sockets: sockets.filter((_, socket) => socket % processes === index),
    first: index * perProcess,
    run,
    inFlight,
    rate: rate === null ? null : rate / processes,
    acks,
  }));
}

const tellAll = (fleet: Client[], order: Order) => {
  for (const client of fleet) client.order(order);
};

function usageShare(before: Usage, after: Usage, seconds: number) {
  const share = (from: number | null, to: number | null) =>
    from === null || to === null ? null : (to - from) / seconds;
  return { server: share(before.server, after.server), database: share(before.database, after.database) };
}

function summarize(
  subject: Subject["name"],
  results: Measured[],
  faults: string[],
  cpu: { server: number | null; database: number | null },
): Round {
  const latencies = results.flatMap((result) => result.latencies).sort((a, b) => a - b);
  const clients = results.map((result) => result.cpu / result.seconds);
  const lag = Math.max(...results.map((result) => result.lag));
  const total = (of: (result: Measured) => number) =>
    results.reduce((sum, result) => sum + of(result) / result.seconds, 0);
  return {
    subject,
    messages: total((result) => result.answered),
    deliveries: total((result) => result.deliveries),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpu: { ...cpu, clients },
    lag,
    faults,
    clientBound: clients.some((busy) => busy > BUSY) || lag > LATE_MS,
  };
}

/** Of numbers in ascending order; 0 when there are none. */
export function percentile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The middle one, or the mean of the two in the middle. */
export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
