// The PostgreSQL that a test run works on, and databases on it. Each test server has a database of its own, copied from a
// template that is migrated once a run: a tenth of what migrating each would take.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DatabaseTarget, openDatabase, prepareDatabase } from "../../src/db/client.ts";
import { chooseDataDir, startEmbedded } from "../../src/db/embedded/postgres.ts";

const TEMPLATE = "chat_template";

/** How to reach a cluster: as its administrator, and the migrated database to copy. */
export interface ClusterAddress {
  admin: DatabaseTarget;
  template: string;
}

export interface Cluster {
  address: ClusterAddress;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL of the run's own, or uses the one at `url`, and prepares the template. */
export async function startCluster(url = process.env.TEST_DATABASE_URL): Promise<Cluster> {
  const { admin, stop } = url ? { admin: url, stop: async () => {} } : await startOwn();
  const template = `${TEMPLATE}_${process.pid}`;
  await asAdmin(admin, (sql) => sql`create database ${sql(template)}`);
  await prepareDatabase(databaseOf(admin, template));
  return {
    address: { admin, template },
    async stop() {
      if (url) await dropDatabase(admin, template);
      await stop();
    },
  };
}

/** Without fsync: what a power cut would leave is not what these tests are about. Those that kill a server run their own. */
async function startOwn() {
  const base = await mkdtemp(join(tmpdir(), "chat-test-"));
  // The database's user must be able to enter.
  await Bun.$`chmod 755 ${base}`.quiet();
  const cluster = await startEmbedded(await chooseDataDir(join(base, "data")));
  const admin = cluster.target("postgres");
  await asAdmin(admin, async (sql) => {
    await sql`alter system set fsync = off`;
    await sql`select pg_reload_conf()`;
  });
  return {
    admin,
    async stop() {
      await cluster.stop();
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** Creates a migrated database without any rows. */
export async function createDatabase({ admin, template }: ClusterAddress, name: string): Promise<DatabaseTarget> {
  await asAdmin(admin, (sql) => sql`create database ${sql(name)} template ${sql(template)}`);
  return databaseOf(admin, name);
}

export async function dropDatabase(admin: DatabaseTarget, name: string): Promise<void> {
  await asAdmin(admin, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
}

function databaseOf(admin: DatabaseTarget, name: string): DatabaseTarget {
  return typeof admin === "string"
    ? Object.assign(new URL(admin), { pathname: `/${name}` }).href
    : { ...admin, database: name };
}

type Sql = ReturnType<typeof openDatabase>["sql"];

async function asAdmin(admin: DatabaseTarget, work: (sql: Sql) => PromiseLike<unknown>) {
  const { sql } = openDatabase(admin);
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
