// A PostgreSQL as operators have one, with the tools that come with it: pg_dump, pg_restore and the rest.
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "../support/server-process.ts";

const NEEDED = ["initdb", "postgres", "pg_isready", "pg_dump", "pg_restore", "createdb", "dropdb"];
const DEBIAN = "/usr/lib/postgresql";

/** Where the tools are; null when this machine has none. */
export const TOOLS: string | null =
  [
    ...(process.env.PATH ?? "").split(delimiter),
    ...(existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, "bin")) : []),
  ].find((dir) => NEEDED.every((tool) => existsSync(join(dir, tool)))) ?? null;

const START_TRIES = 500;

export class OperatorsPostgres {
  private constructor(
    private readonly base: string,
    private readonly port: number,
    private readonly ids: { uid: number; gid: number } | null,
    private readonly server: Bun.Subprocess,
  ) {}

  /** A new cluster on loopback. As root it runs as the user `postgres`, who comes with the tools. */
  static async start(): Promise<OperatorsPostgres> {
    const base = await mkdtemp(join(tmpdir(), "chat-operator-"));
    const ids = process.getuid!() === 0 ? await idsOf("postgres") : null;
    if (ids) await chown(base, ids.uid, ids.gid);
    const data = join(base, "data");
    await run(ids, "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync");
    const port = await freePort();
    const flags = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", base, "-c", "fsync=off"];
    const server = Bun.spawn([join(TOOLS!, "postgres"), ...flags], { ...ids, stdout: "ignore", stderr: "ignore" });
    const cluster = new OperatorsPostgres(base, port, ids, server);
    for (let tries = 0; tries < START_TRIES; tries++) {
      if (await cluster.run("pg_isready", "-q").then(Boolean, () => false)) return cluster;
      await Bun.sleep(20);
    }
    throw new Error("PostgreSQL did not start");
  }

  url = (database: string) => `postgres://postgres@127.0.0.1:${this.port}/${database}`;

  /** Runs a tool against this cluster; answers true, or throws what it printed. */
  run = (tool: string, ...parameters: string[]): Promise<true> =>
    run(this.ids, tool, "-h", "127.0.0.1", "-p", String(this.port), "-U", "postgres", ...parameters);

  /** A path that its tools may write to. */
  path = (name: string) => join(this.base, name);

  async stop() {
    this.server.kill("SIGQUIT");
    await this.server.exited;
    await rm(this.base, { recursive: true, force: true });
  }
}

async function run(ids: { uid: number; gid: number } | null, tool: string, ...parameters: string[]): Promise<true> {
  const child = Bun.spawn([join(TOOLS!, tool), ...parameters], { ...ids, cwd: "/", stdout: "pipe", stderr: "pipe" });
  const said = (await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])).join("");
  if ((await child.exited) !== 0) throw new Error(`${tool}: ${said}`);
  return true;
}

async function idsOf(user: string) {
  const [uid, gid] = await Promise.all(["-u", "-g"].map((flag) => Bun.$`id ${flag} ${user}`.text()));
  return { uid: Number(uid), gid: Number(gid) };
}
