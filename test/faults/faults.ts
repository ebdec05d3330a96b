// What is done to a chat while people use it: to its processes, to the network and to the clients. Each fault ends by itself,
// with everything running again.

import type { Chance } from "../support/random.ts";
import type { ServerProcess } from "../support/server-process.ts";
import type { Network, Silence } from "../support/tcp-proxy.ts";
import type { DatabaseLine } from "./database-line.ts";
import type { Device } from "./device.ts";
import { connectTo } from "./stored.ts";

/** What faults are done to. */
export interface Victims {
  server: ServerProcess;
  network: Network;
  databaseLine: DatabaseLine;
  devices: Device[];
  /** Waits this long (ms), or until the campaign is over. */
  pause(ms: number): Promise<unknown>;
}

/** One of them; resolves when it is over. */
export type Fault = (victims: Victims, chance: Chance) => Promise<void>;

// Crash recovery takes a second or two; a server that is not back after this will not come back.
const RECOVERY_LIMIT_MS = 30_000;

/** To the server and its PostgreSQL: one at a time. */
export const PROCESS_FAULTS = {
  "server killed": ({ server }, chance) => killServer(server, chance, false),
  "server and PostgreSQL killed": ({ server }, chance) => killServer(server, chance, true),
  "PostgreSQL killed": ({ server }) => endDatabase(server, "SIGKILL"),
  // As an operator does: it ends what is under way and writes everything down.
  "PostgreSQL stopped": ({ server }) => endDatabase(server, "SIGINT"),
  "PostgreSQL frozen": async (victims, chance) => freeze(victims, await databasePids(victims.server), chance),
  // What was committed meanwhile nobody has heard of.
  "answers of PostgreSQL lost": async ({ server, databaseLine, pause }, chance) => {
    databaseLine.loseAnswers();
    await pause(chance.between(20, 500));
    databaseLine.cut();
    await recovery(server);
  },
  // Clients write on meanwhile: what they send waits in the kernel.
  "server and PostgreSQL frozen": async (victims, chance) => {
    const pids = await databasePids(victims.server);
    // The database first, so that the server has something waiting for it.
    for (const pid of pids) signal(pid, "SIGSTOP");
    await Bun.sleep(chance.between(0, 300));
    await freeze(victims, chance.happens(0.5) ? [victims.server.pid, ...pids] : [...pids, victims.server.pid], chance);
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
} satisfies Record<string, Fault>;

/** To the clients. */
export const CLIENT_FAULTS = {
  "client restarted": (victims, chance) => restart(victims, chance, chance.between(10, 1_000)),
  "session ended": ({ server, devices, pause }, chance) => chance.pick(devices).changeSession(server.url, pause),
  "client away": (victims, chance) => restart(victims, chance, chance.between(5_000, 12_000)),
} satisfies Record<string, Fault>;

async function freeze({ server, pause }: Victims, pids: number[], chance: Chance) {
  for (const pid of pids) signal(pid, "SIGSTOP");
  // Now and then for longer than senders wait.
  await pause(chance.happens(0.25) ? 6_000 : chance.between(1_000, 3_000));
  for (const pid of pids) signal(pid, "SIGCONT");
  await recovery(server);
}

async function restart({ devices, pause }: Victims, chance: Chance, awayMs: number) {
  const device = chance.pick(devices);
  device.sleep();
  // Now and then somebody comes back with a new telephone.
  device.forget(chance, chance.happens(0.2));
  await pause(awayMs);
  device.wake();
}

async function killServer(server: ServerProcess, chance: Chance, withDatabase: boolean) {
  const databasePid = server.databasePid();
  await server.end("SIGKILL");
  if (withDatabase && databasePid) process.kill(databasePid, "SIGKILL");
  await Bun.sleep(chance.between(0, 300));
  await server.start();
}

async function endDatabase(server: ServerProcess, how: "SIGKILL" | "SIGINT") {
  process.kill(server.databasePid()!, how);
  // The server takes a moment to notice.
  await Bun.sleep(100);
  await recovery(server);
}

async function recovery(server: ServerProcess) {
  const deadline = Date.now() + RECOVERY_LIMIT_MS;
  while (!(await server.isHealthy())) {
    if (Date.now() > deadline) throw new Error("the server did not recover");
    await Bun.sleep(20);
  }
}

/** The postmaster, which comes first so that it makes no more of them, and all that it has made; each is its own group. */
export async function databasePids(server: ServerProcess): Promise<number[]> {
  const sql = connectTo(await server.target());
  try {
    const rows = await sql<{ pid: number }[]>`select pid from pg_stat_activity`;
    return [server.databasePid()!, ...rows.map(({ pid }) => pid)];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

export function signal(pid: number, name: "SIGSTOP" | "SIGCONT") {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended since, such as the connection that asked.
  }
}
