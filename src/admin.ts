// `bun run admin COMMAND`: what those who run the server do at its machine, with DATABASE_URL or on the database in DATA_DIR, whether or
// not a server runs on it.
import { join } from "node:path";
import { AUDIT } from "./admin/audit.ts";
import { CONTENT } from "./admin/content.ts";
import { KEYS } from "./admin/keys.ts";
import { PEOPLE } from "./admin/people.ts";
import { type Command, createTools, type Given, UsageError } from "./admin/tools.ts";
import { type Config, readConfig } from "./config.ts";
import { type DatabaseTarget, openDatabase, prepareDatabase } from "./db/client.ts";
import { secretFile } from "./db/embedded/files.ts";
import { chooseDataDir } from "./db/embedded/postgres.ts";
import { runningTarget } from "./db/embedded/running.ts";
import { DATABASE, openStorage } from "./db/storage.ts";
import { ChatError } from "./lib/errors.ts";
import { commandLine } from "./lib/program.ts";
import { StartupError } from "./lib/startup-error.ts";

/** By their first words; the longest that fits counts. */
export const COMMANDS: Record<string, Command> = { ...PEOPLE, ...KEYS, ...CONTENT, ...AUDIT };

/** Runs a command as it was typed, and prints what comes of it. Throws a StartupError. */
export async function runAdmin(given: Given, typed: string[], print: (piece: string) => unknown): Promise<void> {
  const { name, args } = commandOf(typed);
  const tools = createTools(given);
  try {
    const output = await COMMANDS[name]!.run(tools, args);
    if (typeof output === "string") await print(`${output}\n`);
    else for await (const piece of output) await print(piece);
  } catch (error) {
    if (error instanceof ChatError) throw new StartupError(error.message);
    if (error instanceof UsageError || (error instanceof TypeError && "code" in error)) throw wrong(name);
    throw error;
  } finally {
    await tools.close();
  }
}

function commandOf(typed: string[]): { name: string; args: string[] } {
  for (const words of [2, 1]) {
    const name = typed.slice(0, words).join(" ");
    if (typed.length >= words && Object.hasOwn(COMMANDS, name)) return { name, args: typed.slice(words) };
  }
  const list = Object.values(COMMANDS).map(({ usage, about }) => `  ${commandLine(`admin ${usage}`)}\n      ${about}`);
  throw new StartupError(`Commands:\n${list.join("\n")}`);
}

const wrong = (name: string) => new StartupError(`Usage: ${commandLine(`admin ${COMMANDS[name]!.usage}`)}`);

async function main() {
  const config = readConfig(process.env);
  // Before a database is started for it.
  commandOf(process.argv.slice(2));
  const { target, jwtSecret, filesDir, stop } = await openTarget(config);
  try {
    const { sql, db } = openDatabase(target);
    const print = (piece: string) => new Promise((resolve) => process.stdout.write(piece, resolve));
    await runAdmin({ db, sql, target, config: { ...config, jwtSecret, filesDir } }, process.argv.slice(2), print);
    await sql.end({ timeout: 1 });
  } finally {
    await stop();
  }
}

/** The database of a running server; without one it is started for the command. */
async function openTarget(
  config: Config,
): Promise<{ target: DatabaseTarget; jwtSecret: string; filesDir: string; stop(): Promise<unknown> }> {
  if (!config.databaseUrl) {
    const dataDir = await chooseDataDir(config.dataDir);
    const target = await runningTarget(dataDir, DATABASE);
    if (target) {
      const jwtSecret = config.jwtSecret ?? (await secretFile(join(dataDir, "jwt-secret")));
      return { target, jwtSecret, filesDir: join(dataDir, "files"), stop: async () => {} };
    }
  }
  const storage = await openStorage(config);
  const stop = async () => storage.embedded?.stop();
  await prepareDatabase(storage.target).catch(async (error) => {
    await stop();
    throw error;
  });
  return { target: storage.target, jwtSecret: storage.jwtSecret, filesDir: storage.filesDir, stop };
}

/** Runs the command of this process's arguments, and ends the process. */
export const runFromCommandLine = (): Promise<never> =>
  main().then(
    () => process.exit(0),
    (error) => {
      console.error(error instanceof StartupError ? error.message : error);
      process.exit(1);
    },
  );

if (import.meta.main) runFromCommandLine();
