// Servers that share a PostgreSQL, with NATS between them or without, as one subject of the benchmark. Each is a process of its own, as
// are PostgreSQL and NATS, so that the processor time of each part is known.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase } from "../../src/db/client.ts";
import { readLock } from "../../src/db/embedded/locks.ts";
import { chooseDataDir, type EmbeddedPostgres, startEmbedded } from "../../src/db/embedded/postgres.ts";
import { Teardown } from "../faults/teardown.ts";
import { databaseSettings } from "../support/main-process.ts";
import { NatsServer } from "../support/nats.ts";
import { newDir, OURS, ServerProcess } from "../support/server-process.ts";
import { cpuSeconds, ownCpuSeconds } from "./cpu.ts";
import { productionOf } from "./production.ts";
import { countersOf, type Person, type Store, type Subject, sessionsOf, type Usage } from "./subjects.ts";

const DATABASE = "chat";
const JWT_SECRET = "a secret that all servers of the benchmark share";
// For its pool, for writing, listening and its registration.
const CONNECTIONS_EACH = 15;
const MEET_LIMIT_MS = 20_000;

export type BusName = "NOTIFY" | "NATS";

export interface ServersOptions {
  count: number;
  bus: BusName;
  checkout?: string | undefined;
  env?: Record<string, string>;
}

/** What one subject has left to index would take the processor from the next one that is measured. */
export const QUIET = { SEARCH: "off" };

export class Servers implements Subject, Store {
  private database: ReturnType<typeof openDatabase> | null = null;

  private constructor(
    readonly name: string,
    readonly processes: ServerProcess[],
    private readonly postgres: EmbeddedPostgres,
    private readonly nats: NatsServer | null,
    private readonly teardown: Teardown,
  ) {}

  /** Resolves when they know each other. */
  static async start(name: string, options: ServersOptions): Promise<Servers> {
    const teardown = new Teardown();
    try {
      return await Servers.startInto(teardown, name, options);
    } catch (error) {
      await teardown.end();
      throw error;
    }
  }

  private static async startInto(
    teardown: Teardown,
    name: string,
    { count, bus, checkout = OURS.checkout, env = {} }: ServersOptions,
  ): Promise<Servers> {
    const base = await teardown.own(newDir, (dir) => rm(dir, { recursive: true, force: true }));
    const dataDir = await chooseDataDir(join(base, "data"));
    const postgres = await teardown.own(
      () => startEmbedded(dataDir, { connections: count * CONNECTIONS_EACH }),
      (started) => started.stop(),
    );
    await postgres.createDatabase(DATABASE);
    const nats =
      bus === "NATS"
        ? await teardown.own(
            () => NatsServer.start(),
            (started) => started.stop(),
          )
        : null;
    const processes: ServerProcess[] = [];
    const servers = new Servers(name, processes, postgres, nats, teardown);
    teardown.defer(async () => {
      await servers.database?.sql.end({ timeout: 1 });
      await Promise.all(processes.map((process) => process.remove()));
    });
    const launch = await productionOf(checkout, {
      ...databaseSettings(postgres.target(DATABASE)),
      JWT_SECRET,
      // Where all keep uploaded files.
      DATA_DIR: base,
      DRAIN_SECONDS: "0",
      ...QUIET,
      ...(nats && { BUS_URL: nats.url }),
      ...env,
    });
    for (let i = 0; i < count; i++) processes.push(await ServerProcess.create(undefined, launch));
    // One after the other, as the first makes the tables.
    for (const process of processes) await process.start();
    await servers.untilAllMet();
    return servers;
  }

  get urls() {
    return this.processes.map(({ url }) => url);
  }

  /** Shares of the time that has ended with a process are not known any more: not to be asked across a restart. */
  usage = (): Usage => {
    const databasePid = this.databasePid();
    const servers = this.processes.map(({ pid }) => ownCpuSeconds(pid));
    return {
      server: servers.every((seconds) => seconds !== null) ? servers.reduce((sum, seconds) => sum + seconds, 0) : null,
      database: databasePid && cpuSeconds(databasePid),
      bus: this.nats && cpuSeconds(this.nats.pid),
    };
  };

  counters = () => countersOf(this.urls);

  tokenOf = ({ token }: Person) => token;

  async open() {
    this.database ??= openDatabase(this.postgres.target(DATABASE));
    return this.database;
  }

  async sessions() {
    return sessionsOf(await this.open(), JWT_SECRET);
  }

  /** Resolves when each counts all that run. */
  async untilAllMet() {
    const deadline = performance.now() + MEET_LIMIT_MS;
    const running = this.processes.filter(({ hasEnded }) => !hasEnded);
    for (const { url } of running) {
      for (;;) {
        const text = await (await fetch(`${url}/metrics`)).text();
        if (Number(/^chat_nodes (\d+)$/m.exec(text)?.[1]) === running.length) break;
        if (performance.now() > deadline) throw new Error("the servers did not find each other");
        await Bun.sleep(20);
      }
    }
  }

  end = () => this.teardown.end();

  private databasePid(): number | null {
    const dir = join(this.postgres.dataDir, "postgres");
    const lines = readLock(join(dir, "postmaster.pid"), dir);
    return lines ? Number(lines[0]) : null;
  }
}
