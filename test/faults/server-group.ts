// Several servers on one PostgreSQL, each a process of its own behind proxies of its own, to be killed, frozen and started again.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseTarget } from "../../src/db/client.ts";
import { readLock } from "../../src/db/embedded/locks.ts";
import { chooseDataDir, type EmbeddedPostgres, startEmbedded } from "../../src/db/embedded/postgres.ts";
import { checkOut } from "../support/former-version.ts";
import { NatsServer } from "../support/nats.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";
import { type Launch, newDir, OURS, ServerProcess } from "../support/server-process.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { BusTrouble } from "./bus-trouble.ts";
import { patienceWith } from "./scene.ts";
import { Teardown } from "./teardown.ts";

export const BUSES = ["notify", "nats"] as const;
export type BusName = (typeof BUSES)[number];

const DATABASE = "chat";
/** How far the clocks of the servers are from the database's, in turn. */
const CLOCK_SHIFTS_MS = [0, 60_000, -60_000];
const JWT_SECRET = "a secret that all servers of the group share";

export interface Member {
  server: ServerProcess;
  databaseProxy: PostgresProxy;
  /** Between the server and NATS; null without it. */
  busProxy: TcpProxy | null;
}

export class ServerGroup {
  private constructor(
    private readonly base: string,
    private readonly database: EmbeddedPostgres,
    readonly nats: NatsServer | null,
    /** What becomes of bundles on their way. */
    readonly trouble: BusTrouble,
    readonly members: Member[],
    /** Of the versions that its servers run, the oldest first. */
    readonly checkouts: string[],
    readonly patienceMs: number,
    private readonly teardown: Teardown,
  ) {}

  /** Starts the database, the bus and the servers; with `former`, a commit, every other one, and the first, as it was then. */
  static async create(
    count: number,
    bus: BusName,
    { launch = OURS, former }: { launch?: Launch | undefined; former?: string | undefined } = {},
  ): Promise<ServerGroup> {
    const teardown = new Teardown();
    try {
      const checkouts = former
        ? [
            await teardown.own(
              () => checkOut(former),
              (dir) => rm(dir, { recursive: true, force: true }),
            ),
            launch.checkout,
          ]
        : [launch.checkout];
      return await ServerGroup.start(count, bus, launch, checkouts, teardown);
    } catch (error) {
      await teardown.end();
      throw error;
    }
  }

  private static async start(
    count: number,
    bus: BusName,
    launch: Launch,
    checkouts: string[],
    teardown: Teardown,
  ): Promise<ServerGroup> {
    const base = await teardown.own(newDir, (dir) => rm(dir, { recursive: true, force: true }));
    const dataDir = await chooseDataDir(join(base, "data"));
    const database = await teardown.own(
      () => startEmbedded(dataDir),
      (started) => started.stop(),
    );
    await database.createDatabase(DATABASE);
    const target = database.target(DATABASE);
    const nats =
      bus === "nats"
        ? await teardown.own(
            () => NatsServer.start(),
            (started) => started.stop(),
          )
        : null;
    const trouble = new BusTrouble(nats !== null);
    const members: Member[] = [];
    const group = new ServerGroup(base, database, nats, trouble, members, checkouts, patienceWith(launch), teardown);
    teardown.defer(async () => {
      await Promise.all(members.map(({ server }) => server.remove()));
      await Promise.all(members.map(({ databaseProxy }) => databaseProxy.close()));
      await Promise.all(members.map(({ busProxy }) => busProxy?.close()));
    });
    const address = `postgres://${target.user}:${encodeURIComponent(target.password)}@127.0.0.1:1/${DATABASE}`;
    for (let i = 0; i < count; i++) {
      const databaseProxy = await PostgresProxy.to(async () => target, { address });
      databaseProxy.onNotification = trouble.onNotification;
      const busProxy = nats && (await TcpProxy.start(nats.url));
      if (busProxy) busProxy.filter = trouble.newNatsFilter;
      const env = {
        ...launch.env,
        DATABASE_URL: String(databaseProxy.target),
        JWT_SECRET,
        // Where all keep uploaded files.
        DATA_DIR: base,
        DRAIN_SECONDS: "1",
        NODE_NAME: `server-${i + 1}`,
        CLOCK_SHIFT_MS: String(CLOCK_SHIFTS_MS[i % CLOCK_SHIFTS_MS.length]),
        ...(busProxy && { BUS_URL: busProxy.url.replace("http", "nats") }),
      };
      const preloads = ["shift-clock.ts", "mutate.ts"].map((file) => join(import.meta.dir, file));
      const command = [...launch.command, ...preloads.flatMap((file) => ["--preload", file])];
      members.push({
        server: await ServerProcess.create(undefined, {
          ...launch,
          checkout: checkouts[i % checkouts.length]!,
          command,
          env,
        }),
        databaseProxy,
        busProxy,
      });
    }
    // One after the other, as the first makes the tables.
    for (const { server } of members) await server.startPatiently();
    return group;
  }

  get servers(): ServerProcess[] {
    return this.members.map(({ server }) => server);
  }

  /** Whether the oldest of its versions knows nothing of formatting, reactions and files. */
  get isPlain(): boolean {
    return !existsSync(join(this.checkouts[0]!, "src/timeline/append-reactions.ts"));
  }

  get filesDir(): string {
    return join(this.base, "files");
  }

  get urls(): string[] {
    return this.servers.map(({ url }) => url);
  }

  /** The process id of PostgreSQL; null when none runs. */
  databasePid(): number | null {
    const dir = join(this.base, "data", "postgres");
    const lines = readLock(join(dir, "postmaster.pid"), dir);
    return lines ? Number(lines[0]) : null;
  }

  target = async (): Promise<Exclude<DatabaseTarget, string>> => this.database.target(DATABASE);

  /** Has those that run a former version replaced in turn. */
  async upgrade() {
    const newest = this.checkouts.at(-1)!;
    for (const server of this.servers) if (server.checkout !== newest) await server.replace(newest);
  }

  /** Starts those that have ended, as a supervisor does: one that was taken for dead ends itself. */
  async revive() {
    await Promise.all(this.servers.map((server) => (server.hasEnded ? server.startPatiently() : undefined)));
  }

  remove = () => this.teardown.end();
}
