// The PostgreSQL that a test run works on, and databases on it. Each test server has a database of its own, copied from a
// template that is migrated once a run: a tenth of what migrating each would take.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type DatabaseTarget, prepareDatabase, type SqlClient } from "../../src/db/client.ts";
import { connect } from "../../src/db/connect.ts";
import { chooseDataDir, startEmbedded } from "../../src/db/embedded/postgres.ts";
import { newMemoryDir } from "./memory-dir.ts";

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
  const base = await newMemoryDir("chat-test-");
  const cluster = await startEmbedded(await chooseDataDir(join(base, "data")));
  const admin = cluster.target("postgres");
  await asAdmin(admin, async (sql) => {
    for (const setting of ["fsync", "full_page_writes"]) await sql`alter system set ${sql(setting)} = off`;
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

/** However long it takes: a database is copied by the disk, which may be slow. */
async function asAdmin(admin: DatabaseTarget, work: (sql: SqlClient) => PromiseLike<unknown>) {
  const sql = connect(admin, { max: 1, name: "test" });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
