// What is measured: the server as operators run it, with a PostgreSQL of its own, and the floor. Each is a process of its own.

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { LocalBus } from "../../src/bus/local.ts";
import { openDatabase } from "../../src/db/client.ts";
import { Sessions } from "../../src/sessions/sessions.ts";
import { type Launch, OURS, ServerProcess } from "../support/server-process.ts";
import { cpuSeconds, ownCpuSeconds } from "./cpu.ts";

const START_LIMIT_MS = 30_000;
const SESSION_TTL = 86_400;

/** Seconds of processor time of each part; null where it can't be known, or the part isn't there. */
export interface Usage {
  server: number | null;
  database: number | null;
}

export interface Subject {
  /** What it is called in the report. */
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  usage(): Usage;
  /** What this person shows as a token. */
  tokenOf(person: Person): string;
}

export interface Person {
  id: number;
  token: string;
}

export class Floor implements Subject {
  readonly name = "floor";

  private constructor(
    private readonly process: Bun.Subprocess,
    readonly url: string,
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

  usage = (): Usage => ({ server: ownCpuSeconds(this.pid), database: null });

  tokenOf = ({ id }: Person) => String(id);

  async end() {
    this.process.kill();
    await this.process.exited;
  }
}

/** A server with its own PostgreSQL, and a way into its database beside it. */
export class Server implements Subject {
  pid = 0;
  private database: ReturnType<typeof openDatabase> | null = null;

  private constructor(
    readonly name: string,
    private readonly process: ServerProcess,
  ) {}

  /** `checkout` is the directory of the source to run; left out, this one. */
  static async start(name: string, checkout = OURS.checkout, env: Record<string, string> = {}): Promise<Server> {
    const launch: Launch = { ...OURS, checkout, env };
    const server = new Server(name, await ServerProcess.create(undefined, launch));
    await server.run();
    return server;
  }

  get url() {
    return this.process.url;
  }

  usage = (): Usage => {
    const databasePid = this.process.databasePid();
    return { server: ownCpuSeconds(this.pid), database: databasePid && cpuSeconds(databasePid) };
  };

  tokenOf = ({ token }: Person) => token;

  /** Its database, for what would take too long over HTTP. */
  async open() {
    this.database ??= openDatabase(await this.process.target());
    return this.database;
  }

  /** What makes sessions that the server takes for its own. */
  async sessions(): Promise<Sessions> {
    const { db, sql } = await this.open();
    const secret = await readFile(join(this.process.dataDir, "jwt-secret"), "utf8");
    const epoch = { isUncertain: false, verified: async () => {} };
    return new Sessions({
      db,
      sql,
      bus: new LocalBus((_user, _topic, work) => work()),
      epoch,
      secret,
      ttl: SESSION_TTL,
    });
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

export const cores = availableParallelism();
