// One PostgreSQL for the whole run: the server's own, or with TEST_DATABASE_URL the one it names. Each test file makes a
// database of its own on it (harness.ts).
import { afterAll } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { DatabaseTarget } from "../src/db/client.ts";
import { chooseDataDir, startEmbedded } from "../src/db/embedded.ts";

export interface Cluster {
  createDatabase(name: string): Promise<DatabaseTarget>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

async function external(url: string): Promise<Cluster> {
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  return {
    async createDatabase(name) {
      await admin`create database ${admin(name)}`;
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
    dropDatabase: async (name) => void (await admin`drop database if exists ${admin(name)} with (force)`),
    stop: () => admin.end(),
  };
}

async function embedded(): Promise<Cluster> {
  const base = await mkdtemp(join(tmpdir(), "chat-test-"));
  // The database's user must be able to enter.
  await Bun.$`chmod 755 ${base}`.quiet();
  const dataDir = await chooseDataDir(join(base, "data"));
  const cluster = await startEmbedded(dataDir);
  return {
    async createDatabase(name) {
      await cluster.createDatabase(name);
      return cluster.target(name);
    },
    dropDatabase: (name) => cluster.dropDatabase(name),
    async stop() {
      await cluster.stop();
      await rm(base, { recursive: true, force: true });
    },
  };
}

const url = process.env.TEST_DATABASE_URL;
export const cluster: Cluster = url ? await external(url) : await embedded();

afterAll(() => cluster.stop());
