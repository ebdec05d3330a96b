// What is done to a chat while people use it: to its processes, to the network and to the clients. Each fault ends by itself,
// with everything running again.

import { PATIENCE_MS } from "../support/patience.ts";
import type { PostgresProxy } from "../support/postgres-proxy.ts";
import type { Chance } from "../support/random.ts";
import type { ServerProcess } from "../support/server-process.ts";
import type { Silence, TcpProxy } from "../support/tcp-proxy.ts";
import { BrokenPromise } from "./broken-off.ts";
import type { SimulatedClient } from "./simulated-client.ts";
import { readFrom, type Target } from "./stored.ts";

/** What faults are done to. */
export interface FaultTargets {
  server: ServerProcess;
  /** Where sessions begin and end: past the network, but for several servers. */
  url: string;
  /** Of every server; left out for one. */
  urls?: string[];
  /** How long the end of a session may take to reach every server. */
  graceMs?: number;
  network: TcpProxy;
  databaseProxy: PostgresProxy;
  clients: SimulatedClient[];
  /** Waits this long (ms), or until the campaign is over. */
  pause(ms: number): Promise<unknown>;
}

/** One of them; resolves when it is over. */
export type Fault = (targets: FaultTargets, chance: Chance) => Promise<void>;

/** What faults of clients and their connections are done to, however many servers there are. */
export type ClientTargets = Pick<FaultTargets, "url" | "urls" | "graceMs" | "network" | "clients" | "pause">;

type ClientFault = (targets: ClientTargets, chance: Chance) => Promise<void>;

// Crash recovery takes a second or two, and on a slow disk as long as it takes to write every file down; a server that is not back after
// this will not come back.
const RECOVERY_LIMIT_MS = 2 * PATIENCE_MS;
const TICK_MS = 20;

/** To the server and its PostgreSQL: one at a time. */
export const PROCESS_FAULTS = {
  "server killed": ({ server }, chance) => killServer(server, chance, false),
  "server and PostgreSQL killed": ({ server }, chance) => killServer(server, chance, true),
  "PostgreSQL killed": async ({ server }) => {
    await endDatabase(server, "SIGKILL");
    await recovery([server]);
  },
  // As an operator does: it ends what is under way and writes everything down.
  "PostgreSQL stopped": async ({ server }) => {
    await endDatabase(server, "SIGINT");
    await recovery([server]);
  },
  "PostgreSQL frozen": async (targets, chance) => freeze(targets, await databasePids(targets.server), chance),
  // What was committed meanwhile nobody has heard of.
  "answers of PostgreSQL lost": async ({ server, databaseProxy, pause }, chance) => {
    databaseProxy.swallowAnswers();
    await pause(chance.between(20, 500));
    databaseProxy.open();
    databaseProxy.cut();
    await recovery([server]);
  },
  // Clients write on meanwhile: what they send waits in the kernel.
  "server and PostgreSQL frozen": async (targets, chance) => {
    const pids = await databasePids(targets.server);
    // The database first, so that the server has something waiting for it.
    for (const pid of pids) signal(pid, "SIGSTOP");
    await Bun.sleep(chance.between(0, 300));
    await freeze(targets, chance.happens(0.5) ? [targets.server.pid, ...pids] : [...pids, targets.server.pid], chance);
  },
} satisfies Record<string, Fault>;

/** To the connections of the clients. */
export const NETWORK_FAULTS = {
  "every connection cut": async ({ network }, chance) => void network.cut(chance.happens(0.7) ? "reset" : "close"),
  "some connections cut": async ({ network }, chance) => void network.cut("reset", () => chance.happens(0.4)),
  "everything delayed": async ({ network, pause }, chance) => {
    network.delay(chance.between(50, 400));
    await pause(chance.between(500, 3_000));
    network.delay(0);
  },
  "some connections silent": async ({ network, pause }, chance) => {
    const what = chance.pick<Silence>(["requests", "answers", "both"]);
    const cut = network.silence(what, () => chance.happens(0.5));
    // Now and then for longer than clients wait.
    await pause(chance.between(200, 5_000));
    cut();
  },
} satisfies Record<string, ClientFault>;

/** To the clients. */
export const CLIENT_FAULTS = {
  "client restarted": (targets, chance) => restart(targets, chance, chance.between(10, 1_000)),
  "session ended": (targets, chance) => chance.pick(targets.clients).changeSession(targets, targets.pause),
  "client away": (targets, chance) => restart(targets, chance, chance.between(5_000, 12_000)),
} satisfies Record<string, ClientFault>;

async function freeze({ server, pause }: FaultTargets, pids: number[], chance: Chance) {
  for (const pid of pids) signal(pid, "SIGSTOP");
  // Now and then for longer than senders wait.
  await pause(chance.happens(0.25) ? 6_000 : chance.between(1_000, 3_000));
  for (const pid of pids) signal(pid, "SIGCONT");
  await recovery([server]);
}

async function restart({ clients, pause }: ClientTargets, chance: Chance, awayMs: number) {
  const client = chance.pick(clients);
  client.sleep();
  // Now and then somebody comes back with a new telephone.
  client.forget(chance, chance.happens(0.2));
  await pause(awayMs);
  client.wake();
}

async function killServer(server: ServerProcess, chance: Chance, withDatabase: boolean) {
  const databasePid = server.databasePid();
  await server.end("SIGKILL");
  if (withDatabase && databasePid) signal(databasePid, "SIGKILL");
  await Bun.sleep(chance.between(0, 300));
  await server.startPatiently();
  await recovery([server]);
}

/** Sends the database this signal, if it runs, and resolves when that process has ended: whoever is well then is so with the next one. */
export async function endDatabase(of: Pick<ServerProcess, "databasePid">, how: "SIGKILL" | "SIGINT") {
  const pid = of.databasePid();
  if (pid === null) return;
  signal(pid, how);
  const deadline = performance.now() + RECOVERY_LIMIT_MS;
  while (of.databasePid() === pid) {
    if (performance.now() > deadline) throw new Error(`PostgreSQL did not end by ${how}`);
    await Bun.sleep(TICK_MS);
  }
}

/** Until every server runs and its database answers; `revive` starts those that have ended. Throws a BrokenPromise if that never comes. */
export async function recovery(servers: ServerProcess[], revive: () => Promise<unknown> = async () => {}) {
  const deadline = performance.now() + RECOVERY_LIMIT_MS;
  for (;;) {
    const states = await Promise.all(servers.map((server) => (server.hasEnded ? "ended" : server.health())));
    if (states.every((state) => state === "ok")) return;
    if (performance.now() > deadline)
      throw new BrokenPromise(`a server did not recover within ${RECOVERY_LIMIT_MS / 1_000} s: ${states.join(", ")}`);
    // One that could not start, as its database was away, is started again.
    await revive().catch(() => {});
    await Bun.sleep(TICK_MS);
  }
}

/** The postmaster, which comes first so that it makes no more of them, and all that it has made; each is its own group. */
export async function databasePids(server: {
  target(): Promise<Target>;
  databasePid(): number | null;
}): Promise<number[]> {
  const rows = await readFrom(await server.target(), (sql) => sql<{ pid: number }[]>`select pid from pg_stat_activity`);
  const postmaster = server.databasePid();
  if (postmaster === null) throw new Error("PostgreSQL has ended while it was asked for its processes");
  return [postmaster, ...rows.map(({ pid }) => pid)];
}

/** Processes that are frozen. */
const frozen = new Set<number>();

export function signal(pid: number, name: "SIGSTOP" | "SIGCONT" | "SIGKILL" | "SIGINT") {
  if (name === "SIGSTOP") frozen.add(pid);
  else frozen.delete(pid);
  try {
    process.kill(pid, name);
  } catch {
    // It has ended since, such as the connection that asked.
  }
}

/** For a run that ends in the middle of a fault: a frozen process can't end. */
export function thawAll() {
  for (const pid of frozen) signal(pid, "SIGCONT");
}
