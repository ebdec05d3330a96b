// A real PgBouncer of a test's own, in front of its database. Wants Debian's package `pgbouncer`.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import type { DatabaseTarget } from "../../src/db/client.ts";
import { PATIENCE_MS } from "./patience.ts";
import { freePort } from "./server-process.ts";

const BINARY = Bun.which("pgbouncer") ?? "/usr/sbin/pgbouncer";

export interface PgBouncer {
  /** The address of the database behind it. */
  url: string;
  stop(): Promise<void>;
}

/** How `pg_dump` and the like name the database. */
function origin(target: DatabaseTarget): Record<string, string> {
  if (typeof target !== "string") {
    const { socket, user, password, database } = target;
    return { host: dirname(socket), port: extname(basename(socket)).slice(1), user, password, dbname: database };
  }
  const { hostname, port, username, password, pathname } = new URL(target);
  const decoded = [username, password].map(decodeURIComponent) as [string, string];
  return { host: hostname, port: port || "5432", user: decoded[0], password: decoded[1], dbname: pathname.slice(1) };
}

/** Lets everybody in; `settings` are of its section [pgbouncer]. */
export async function startPgBouncer(
  target: DatabaseTarget,
  poolMode: "session" | "transaction" | "statement",
  settings: Record<string, string> = {},
): Promise<PgBouncer> {
  const dir = await mkdtemp(join(tmpdir(), "chat-pgbouncer-"));
  // It does not run as root.
  await chmod(dir, 0o755);
  const port = await freePort();
  const { dbname, user, ...login } = origin(target);
  const quoted = { ...login, user, dbname };
  const database = Object.entries(quoted).map(([key, value]) => `${key}='${value!.replaceAll("'", "''")}'`);
  const lines = Object.entries({
    listen_addr: "127.0.0.1",
    listen_port: String(port),
    unix_socket_dir: "",
    auth_type: "any",
    pool_mode: poolMode,
    ignore_startup_parameters: "options",
    default_pool_size: "50",
    ...settings,
  }).map(([key, value]) => `${key} = ${value}`);
  const file = join(dir, "pgbouncer.ini");
  await Bun.write(file, `[databases]\nchat = ${database.join(" ")}\n[pgbouncer]\n${lines.join("\n")}\n`);
  const isRoot = process.getuid?.() === 0;
  const child = Bun.spawn([BINARY, "-q", ...(isRoot ? ["-u", "postgres"] : []), file], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isListening(port))) {
    if (performance.now() > deadline || child.exitCode !== null) throw new Error("pgbouncer does not start");
    await Bun.sleep(10);
  }
  return {
    url: `postgres://chat:any@127.0.0.1:${port}/chat`,
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const isListening = (port: number) =>
  Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).then(
    (socket) => {
      socket.end();
      return true;
    },
    () => false,
  );
