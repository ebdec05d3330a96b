// Opens the storage that the settings name. Called by main.ts, admin.ts and restored.ts.
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { DatabaseTarget } from "./client.ts";
import { secretFile } from "./embedded/files.ts";
import { chooseDataDir, type EmbeddedOptions, type EmbeddedPostgres, startEmbedded } from "./embedded/postgres.ts";
import { targetOfServer } from "./embedded/server-role.ts";

/** The server's database on its own PostgreSQL. */
export const DATABASE = "chat";

export interface Storage {
  target: DatabaseTarget;
  jwtSecret: string;
  embedded: EmbeddedPostgres | null;
  where: string;
  /** Where uploaded files are kept that go to no bucket. */
  filesDir: string;
}

/** Starts the server's own PostgreSQL unless DATABASE_URL names another. Throws a StartupError. */
export async function openStorage(config: Config, options?: EmbeddedOptions): Promise<Storage> {
  if (config.databaseUrl) {
    return {
      target: config.databaseUrl,
      jwtSecret: config.jwtSecret!,
      embedded: null,
      where: "in the PostgreSQL of DATABASE_URL",
      filesDir: config.filesDir,
    };
  }
  const dataDir = await chooseDataDir(config.dataDir);
  const jwtSecret = config.jwtSecret ?? (await secretFile(join(dataDir, "jwt-secret")));
  const embedded = await startEmbedded(dataDir, options);
  const prepare = async () => {
    await embedded.createDatabase(DATABASE);
    return targetOfServer(embedded, DATABASE);
  };
  const target = await prepare().catch(async (error) => {
    await embedded.stop();
    throw error;
  });
  return {
    target,
    jwtSecret,
    embedded,
    where: `in ${dataDir}`,
    filesDir: join(dataDir, "files"),
  };
}
