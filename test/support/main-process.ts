// The server as a process of its own on one of the tests' databases, for what only a process shows: what it prints and how it
// ends.
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import type { DatabaseTarget } from "../../src/db/client.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");

/** Settings by which a process reaches this database; a socket has no address, so PostgreSQL's own variables say where it is. */
export function databaseSettings(target: DatabaseTarget, database?: string): Record<string, string> {
  if (typeof target === "string") {
    return { DATABASE_URL: database ? Object.assign(new URL(target), { pathname: `/${database}` }).href : target };
  }
  return {
    DATABASE_URL: `postgres:///${database ?? target.database}`,
    PGHOST: dirname(target.socket),
    PGPORT: extname(basename(target.socket)).slice(1),
    PGUSER: target.user,
    PGPASSWORD: target.password,
  };
}

/** Starts it with these settings and none of the surroundings'; `main` is that of another checkout or a build, `flags` are Bun's. */
export function startMain(settings: Record<string, string>, main = MAIN, flags: string[] = []) {
  const { PATH = "", HOME = "" } = process.env;
  const child = Bun.spawn([process.execPath, ...flags, main], {
    // Elsewhere, so that no `.env` beside package.json is read.
    cwd: tmpdir(),
    env: { PATH, HOME, PORT: "0", ...settings },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let printed = "";
  const { promise: url, resolve: announce } = Promise.withResolvers<string>();
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      printed += chunk;
      const served = /^Chat is served at (\S+)$/m.exec(printed);
      if (served) announce(served[1]!);
    }
  })();
  const errors = new Response(child.stderr).text();
  const ended = async () => {
    await Promise.all([child.exited, reading]);
    return { code: child.exitCode, stdout: printed, stderr: await errors };
  };
  return {
    /** Resolves once it listens; throws when it ends before. */
    async listening(): Promise<string> {
      const early = ended().then(({ stderr }) => {
        throw new Error(`the server did not start: ${stderr}`);
      });
      early.catch(() => {}); // It ends some time; only before it listens is that a failure.
      return Promise.race([url, early]);
    },
    /** What it has printed by now. */
    printed: () => printed,
    pid: child.pid,
    kill: () => child.kill("SIGKILL"),
    /** Stops its clock, as a machine that is suspended does, until `thaw`. */
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    /** What it printed and how it ended, once it has ended by itself. */
    ended,
    stop() {
      child.kill("SIGTERM");
      return ended();
    },
  };
}
