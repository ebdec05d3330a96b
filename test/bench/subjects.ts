// What is measured: the server as operators run it, with a PostgreSQL of its own, and the floor. Each is a process of its own.

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { LocalBus } from "../../src/bus/local.ts";
import { openDatabase } from "../../src/db/client.ts";
import { createLogger } from "../../src/lib/log.ts";
import { Sessions } from "../../src/sessions/sessions.ts";
import { OURS, ServerProcess } from "../support/server-process.ts";
import { cpuSeconds, ownCpuSeconds } from "./cpu.ts";
import { productionOf } from "./production.ts";

const START_LIMIT_MS = 30_000;
const SESSION_TTL = 86_400;

/** Seconds of processor time of each part; null where it can't be known, or the part isn't there. */
export interface Usage {
  /** All of them together. */
  server: number | null;
  database: number | null;
  bus: number | null;
}

/** What servers have counted since they started, all of them together. */
export interface Counters {
  messages: number;
  /** Statements that stored messages, and the seconds that they took. */
  batches: number;
  batchSeconds: number;
  /** Events read from the database because the bus had not brought them. */
  filled: number;
  /** Of the bus: entries sent, heard, and those that nothing could carry. */
  sent: number;
  heard: number;
  dropped: number;
}

export interface Subject {
  /** What it is called in the report. */
  readonly name: string;
  /** Of its servers. */
  readonly urls: readonly string[];
  usage(): Usage;
  /** Asked around a round, where a subject has something to count. */
  counters?(): Promise<Counters>;
  /** What this person shows as a token. */
  tokenOf(person: Person): string;
}

type Database = ReturnType<typeof openDatabase>;

/** A way into the database of a subject, for what would take too long over HTTP. */
export interface Store {
  open(): Promise<Database>;
  /** What makes sessions that the subject takes for its own. */
  sessions(): Promise<Sessions>;
}

export interface Person {
  id: number;
  token: string;
}

export class Floor implements Subject {
  readonly name = "floor";

  private constructor(
    private readonly process: Bun.Subprocess,
    private readonly url: string,
  ) {}

  static async start(): Promise<Floor> {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "floor.ts")], { stdout: "pipe" });
    let text = "";
    for await (const chunk of child.stdout) {
      text += new TextDecoder().decode(chunk);
      const url = /at (\S+)\n/.exec(text)?.[1];
      if (url) return new Floor(child, url);
    }
    throw new Error("the floor did not start");
  }

  get pid() {
    return this.process.pid;
  }

  get urls() {
    return [this.url];
  }

  usage = (): Usage => ({ server: ownCpuSeconds(this.pid), database: null, bus: null });

  tokenOf = ({ id }: Person) => String(id);

  async end() {
    this.process.kill();
    await this.process.exited;
  }
}

/** A server with its own PostgreSQL, and a way into its database beside it. */
export class Server implements Subject, Store {
  pid = 0;
  private database: Database | null = null;

  private constructor(
    readonly name: string,
    private readonly process: ServerProcess,
  ) {}

  /** `checkout` is the directory of the source to run; left out, this one. */
  static async start(name: string, checkout = OURS.checkout, env: Record<string, string> = {}): Promise<Server> {
    const server = new Server(name, await ServerProcess.create(undefined, await productionOf(checkout, env)));
    await server.run();
    return server;
  }

  get url() {
    return this.process.url;
  }

  get urls() {
    return [this.url];
  }

  usage = (): Usage => {
    const databasePid = this.process.databasePid();
    return { server: ownCpuSeconds(this.pid), database: databasePid && cpuSeconds(databasePid), bus: null };
  };

  counters = () => countersOf(this.urls);

  tokenOf = ({ token }: Person) => token;

  async open() {
    this.database ??= openDatabase(await this.process.target());
    return this.database;
  }

  async sessions(): Promise<Sessions> {
    return sessionsOf(await this.open(), await readFile(join(this.process.dataDir, "jwt-secret"), "utf8"));
  }

  /** Kills it as a power cut would, and starts it again; answers the milliseconds until it was healthy. */
  async restart(): Promise<number> {
    await this.process.end("SIGKILL");
    return this.run();
  }

  async end() {
    await this.database?.sql.end({ timeout: 1 });
    await this.process.remove();
  }

  private async run(): Promise<number> {
    const began = performance.now();
    const child = this.process.spawn();
    this.pid = child.pid;
    while (!(await this.process.isHealthy())) {
      if (child.exitCode !== null || performance.now() - began > START_LIMIT_MS) {
        throw new Error(
          `the server did not start: ${child.exitCode === null ? "" : await new Response(child.stderr).text()}`,
        );
      }
      await Bun.sleep(10);
    }
    return performance.now() - began;
  }
}

const COUNTED: Record<keyof Counters, string> = {
  messages: "chat_messages_total",
  batches: "chat_batch_seconds_count",
  batchSeconds: "chat_batch_seconds_sum",
  filled: "chat_line_filled_total",
  sent: "chat_bus_sent_total",
  heard: "chat_bus_heard_total",
  dropped: "chat_bus_dropped_total",
};

/** What these servers have counted; 0 for what they don't know. */
export async function countersOf(urls: readonly string[]): Promise<Counters> {
  const texts = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  const sumOf = (metric: string) => {
    const lines = texts.flatMap((text) => [...text.matchAll(new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))]);
    return lines.reduce((sum, [, value]) => sum + Number(value), 0);
  };
  return Object.fromEntries(
    Object.entries(COUNTED).map(([name, metric]) => [name, sumOf(metric)]),
  ) as unknown as Counters;
}

/** What makes sessions that servers with this secret take for their own. */
export function sessionsOf({ db, sql }: Database, secret: string): Sessions {
  const bus = new LocalBus((_user, _topic, work) => work());
  return new Sessions({
    db,
    sql,
    bus,
    log: createLogger("silent"),
    epoch: { isUncertain: false, verified: async () => {} },
    secrets: [secret],
    ttl: SESSION_TTL,
    maxAge: SESSION_TTL,
    addressDays: 1,
  });
}

export const cores = availableParallelism();
