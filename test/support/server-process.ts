// A server as operators run it: a process of its own with its own PostgreSQL, to be killed and started again.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseTarget } from "../../src/db/client.ts";
import { readLock } from "../../src/db/embedded/locks.ts";
import { PATIENCE_MS } from "./patience.ts";

// A server ends itself within 9.5 s, and twice its drain, unless it is broken.
const REMOVAL_LIMIT_MS = 15_000;
// A server waits 2 s for its database before it says that it is not healthy; one that says nothing may be frozen.
const HEALTH_LIMIT_MS = 10_000;
const LAST_WORDS = 1_000;
// As a supervisor does: on a busy machine a database may not answer in time.
const STARTS = 3;

/** What to run and as whom; left out, this checkout as whoever runs the tests. */
export interface Launch {
  command: string[];
  checkout: string;
  /** The program to run, by its path in the checkout; left out, the source. */
  main?: string;
  ids: { uid: number; gid: number } | null;
  /** Besides what every server gets. */
  env?: Record<string, string>;
}

// Of benches and campaigns the cost is part.
const preloads = process.env.NODE_ENV === "test" ? ["--preload", join(import.meta.dir, "cheap-hashing.ts")] : [];

export const OURS: Launch = {
  command: [process.execPath, ...preloads],
  checkout: join(import.meta.dir, "../.."),
  ids: null,
};

/** A new directory that the database's user may enter. */
export async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "chat-restart-"));
  await Bun.$`chmod 755 ${dir}`.quiet();
  return dir;
}

export class ServerProcess {
  readonly url: string;
  /** What the next start runs. */
  checkout: string;
  private process: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;
  /** What each process printed. Read all the time: a full pipe would stop the server. */
  private readonly outputs: Promise<string>[] = [];
  private isRemoved = false;

  private constructor(
    private readonly base: string,
    readonly dataDir: string,
    private readonly port: number,
    private readonly launch: Launch,
  ) {
    this.url = `http://127.0.0.1:${port}`;
    this.checkout = launch.checkout;
  }

  /** With a data directory of its own, removed in the end; with `dataDir` on that one, which is left alone. */
  static async create(dataDir?: string, launch = OURS): Promise<ServerProcess> {
    const base = await newDir();
    return new ServerProcess(base, dataDir ?? join(base, "data"), await freePort(), launch);
  }

  /** Starts it; answers the milliseconds until it is healthy. */
  async start(): Promise<number> {
    const started = performance.now();
    const child = this.spawn();
    const errors = new Response(child.stderr).text();
    let health = "";
    while (performance.now() - started < PATIENCE_MS) {
      if (this.hasEnded) throw new Error(await this.lastWords(child, errors));
      health = await this.health();
      if (health === "ok") return performance.now() - started;
      await Bun.sleep(10);
    }
    throw new Error(`the server did not start within ${PATIENCE_MS / 1_000} s: ${health}`);
  }

  /** Starts it, again if it ends before it is healthy; answers the milliseconds that the last start took. */
  async startPatiently(): Promise<number> {
    for (let left = STARTS; ; left--) {
      try {
        return await this.start();
      } catch (error) {
        if (left === 1 || this.isRemoved || !this.hasEnded) throw error;
      }
    }
  }

  /** Starts it without waiting for anything. */
  spawn(): Bun.Subprocess<"ignore", "pipe", "pipe"> {
    if (this.isRemoved) throw new Error("the server was removed");
    const { command, ids, env, main = "src/main.ts" } = this.launch;
    const { PATH = "", HOME = "" } = process.env;
    this.process = Bun.spawn([...command, join(this.checkout, main)], {
      ...ids,
      // Elsewhere, so that no `.env` beside package.json is read.
      cwd: "/",
      env: {
        PATH,
        HOME,
        DATA_DIR: this.dataDir,
        PORT: String(this.port),
        RATE_LIMITS: "off",
        LOG_LEVEL: "error",
        ...env,
      },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.outputs.push(new Response(this.process.stdout).text());
    return this.process;
  }

  /** The process id of the server itself, while it runs. */
  get pid(): number {
    return this.process!.pid;
  }

  /** Whether it has ended, by itself or not. */
  get hasEnded() {
    return this.process?.exitCode !== null || this.process?.signalCode !== null;
  }

  /** `ok`, the status of another answer, or why there was none. */
  health = (): Promise<string> =>
    fetch(`${this.url}/health`, { signal: AbortSignal.timeout(HEALTH_LIMIT_MS) }).then(
      (answer) => (answer.ok ? "ok" : String(answer.status)),
      (error) => String(error?.code ?? error?.name ?? error),
    );

  isHealthy = async (): Promise<boolean> => (await this.health()) === "ok";

  /** Sends the signal and waits for the end; answers the exit code (null after a kill). */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    this.process!.kill(signal);
    await this.process!.exited;
    return this.process!.exitCode;
  }

  /** Ends it and starts what is in another checkout in its place. */
  async replace(checkout: string, how: "SIGTERM" | "SIGKILL" = "SIGTERM") {
    if (!this.hasEnded) await this.end(how);
    this.checkout = checkout;
    await this.startPatiently();
  }

  /** What it printed, through all its restarts, once it has ended. */
  printed = async (): Promise<string> => (await Promise.all(this.outputs)).join("");

  /** The process id of its PostgreSQL; null when none runs. */
  databasePid(): number | null {
    const lines = this.lockLines();
    return lines ? Number(lines[0]) : null;
  }

  /** How to reach its database, while it runs. */
  async target(): Promise<Exclude<DatabaseTarget, string>> {
    const lines = this.lockLines();
    const password = await readFile(join(this.dataDir, "postgres-password"), "utf8");
    return { socket: join(lines![4]!, `.s.PGSQL.${lines![3]}`), user: "chat", password, database: "chat" };
  }

  /** Ends it for good, frozen or not, with the data that is its own. */
  async remove() {
    this.isRemoved = true;
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill("SIGCONT");
      const limit = setTimeout(() => this.process!.kill("SIGKILL"), REMOVAL_LIMIT_MS);
      await this.end("SIGTERM");
      clearTimeout(limit);
    }
    const orphan = this.databasePid();
    if (orphan) process.kill(orphan, "SIGQUIT");
    await rm(this.base, { recursive: true, force: true });
  }

  private async lastWords({ exitCode, signalCode }: Bun.Subprocess, errors: Promise<string>): Promise<string> {
    const said = [await errors, await this.outputs.at(-1)].join("\n").trim();
    return `the server ended with ${exitCode ?? signalCode}: ${said.slice(-LAST_WORDS)}`;
  }

  private lockLines(): string[] | null {
    const clusterDir = join(this.dataDir, "postgres");
    return readLock(join(clusterDir, "postmaster.pid"), clusterDir);
  }
}

// Below what the system gives to connections and to those who ask for any port: until the server listens, which may be seconds later or
// after it was killed, no connection of the tests beside it is to have taken its port.
const PORTS = { from: 10_000, to: 30_000 };
const given = new Set<number>();

/** A port that nobody listens on, and that is not given a second time. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    // On all addresses, as a server may.
    probe.listen(port, () => probe.close(() => resolve(true)));
  });
