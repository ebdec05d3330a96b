// The client processes of a load, and one round of it: all connect, talk for so long, fall silent, and compare what they saw.
import { ClientProcess } from "./client-process.ts";
import type { ClientPlan, Order, ReaderPlan, ReaderTold, SocketPlan, Told } from "./plan.ts";
import { type Round, summarize, watch } from "./round.ts";
import { type Counters, cores, type Subject } from "./subjects.ts";

// Until fresh connections and cold code are behind; it does not count.
const WARM_UP_MS = 1_000;

/** Sockets that talk. */
export interface Load {
  sockets: SocketPlan[];
  inFlight: number;
  /** Messages a second of all together; null for as fast as they are answered. */
  rate?: number | null;
  acks?: boolean;
  richEach?: number | null;
}

/** As many client processes as leave the server a core to itself, one at least; four keep any server busy. */
export const CLIENTS = Math.max(1, Math.min(4, cores - 1));

let runs = 0;

/** One round of a load against a subject. */
export async function runRound(subject: Subject, load: Load, seconds: number): Promise<Round> {
  const size = Math.min(CLIENTS, load.sockets.length);
  const fleet = Array.from({ length: size }, () => new ClientProcess<Order, Told>("client.ts"));
  const tellAll = (order: Order) => {
    for (const client of fleet) client.order(order);
  };
  try {
    for (const [index, plan] of deal(subject, load, size).entries()) fleet[index]!.order({ order: "connect", plan });
    await Promise.all(fleet.map((client) => client.hear("ready")));
    tellAll({ order: "go" });
    await Bun.sleep(WARM_UP_MS);
    tellAll({ order: "mark" });
    const countersBefore = await subject.counters?.();
    const usage = watch(subject);
    await Bun.sleep(seconds * 1000);
    const used = usage();
    const countersAfter = await subject.counters?.();
    tellAll({ order: "stop" });
    const drained = await Promise.all(fleet.map((client) => client.hear("drained")));
    const rooms = new Map<number, number>();
    for (const { sent } of drained) for (const [room, count] of sent) rooms.set(room, (rooms.get(room) ?? 0) + count);
    tellAll({ order: "expect", rooms: [...rooms] });
    const checked = await Promise.all(fleet.map((client) => client.hear("checked")));
    const faults = checked.flatMap((result) => result.faults);
    const measured = drained.map((result) => result.measured);
    const counted = countersBefore && countersAfter ? grown(countersBefore, countersAfter) : null;
    return { ...summarize(subject.name, measured, faults, used), counted };
  } finally {
    await Promise.all(fleet.map((client) => client.end()));
  }
}

/** One round of HTTP calls, from a single process. */
export async function readRound(subject: Subject, plan: Omit<ReaderPlan, "url">): Promise<Round> {
  const reader = new ClientProcess<ReaderPlan, ReaderTold>("reader.ts");
  try {
    const usage = watch(subject);
    reader.order({ ...plan, url: subject.urls[0]! });
    const { measured, faults } = await reader.hear("read");
    return summarize(subject.name, [{ ...measured, deliveries: null }], faults, usage());
  } finally {
    await reader.end();
  }
}

const grown = (before: Counters, after: Counters) =>
  Object.fromEntries(
    Object.entries(after).map(([name, count]) => [name, count - before[name as keyof Counters]]),
  ) as unknown as Counters;

/** The sockets dealt out to the processes in turn, so that each has its part of every kind. */
function deal(
  subject: Subject,
  { sockets, inFlight, rate = null, acks = false, richEach = null }: Load,
  processes: number,
): ClientPlan[] {
  const run = ++runs;
  const each = Math.ceil(sockets.length / processes);
  return Array.from({ length: processes }, (_, index) => ({
    urls: subject.urls,
    sockets: sockets.filter((_, socket) => socket % processes === index),
    first: index * each,
    run,
    inFlight,
    rate: rate === null ? null : rate / processes,
    acks,
    richEach,
  }));
}
