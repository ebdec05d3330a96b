// Where this server keeps its data, by its settings. Called by main.ts and the commands beside it.
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { DatabaseTarget } from "./client.ts";
import { secretFile } from "./embedded/files.ts";
import { chooseDataDir, type EmbeddedPostgres, startEmbedded } from "./embedded/postgres.ts";

const DATABASE = "chat";

export interface Storage {
  target: DatabaseTarget;
  jwtSecret: string;
  embedded: EmbeddedPostgres | null;
  where: string;
}

/** Starts the server's own PostgreSQL unless DATABASE_URL names another. Throws a StartupError in plain words. */
export async function openStorage(config: Config): Promise<Storage> {
  if (config.databaseUrl) {
    return {
      target: config.databaseUrl,
      jwtSecret: config.jwtSecret!,
      embedded: null,
      where: "in the PostgreSQL of DATABASE_URL",
    };
  }
  const dataDir = await chooseDataDir(config.dataDir);
  const jwtSecret = config.jwtSecret ?? (await secretFile(join(dataDir, "jwt-secret")));
  const embedded = await startEmbedded(dataDir);
  await embedded.createDatabase(DATABASE).catch(async (error) => {
    await embedded.stop();
    throw error;
  });
  return { target: embedded.target(DATABASE), jwtSecret, embedded, where: `in ${dataDir}` };
}
