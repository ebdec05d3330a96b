// `bun run admin COMMAND`: what those who run the server do at its machine, with DATABASE_URL or on the database in DATA_DIR, whether or
// not a server runs on it.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { and, eq } from "drizzle-orm";
import { type Config, readConfig } from "./config.ts";
import type { Core } from "./core.ts";
import { type DatabaseTarget, openDatabase, prepareDatabase } from "./db/client.ts";
import { secretFile } from "./db/embedded/files.ts";
import { chooseDataDir } from "./db/embedded/postgres.ts";
import { runningTarget } from "./db/embedded/running.ts";
import { tokens, users } from "./db/schema.ts";
import { DATABASE, openStorage } from "./db/storage.ts";
import { ChatError } from "./lib/errors.ts";
import { createLogger } from "./lib/log.ts";
import { commandLine } from "./lib/program.ts";
import { StartupError } from "./lib/startup-error.ts";
import { createOperatorInvite } from "./modules/invites/policy.ts";
import { createKey, listKeys } from "./modules/keys/service.ts";
import { findUser } from "./modules/users/service.ts";
import { SCOPES, type Scope, SERVER_ROLES } from "./protocol/scopes.ts";

/** What the commands need of a server. */
export type Tools = Pick<Core, "db" | "log"> & { config: Pick<Core["config"], "jwtSecret" | "publicUrl"> };

interface Command {
  /** Its words and arguments, as people type them. */
  usage: string;
  about: string;
  /** Returns what is printed. Throws a StartupError for arguments that make no sense. */
  run(tools: Tools, args: string[]): Promise<string>;
}

// A running server reads sessions anew within so long.
const NOTICED = "A running server takes it over within 15 seconds.";

/** By their first words; the longest that fits counts. */
export const COMMANDS: Record<string, Command> = {
  role: {
    usage: "role USER user|moderator|admin",
    about: "gives somebody a role, or takes it away",
    async run({ db }, [name, role]) {
      if (!SERVER_ROLES.includes(role as never)) throw wrong("role");
      const user = await requireUser({ db }, name);
      await db
        .update(users)
        .set({ role: role === "user" ? null : (role as "admin") })
        .where(and(eq(users.id, user.id), eq(users.isBot, false)));
      return `${user.username} has the role ${role}. ${NOTICED}`;
    },
  },
  "keys create": {
    usage: "keys create USER NAME SCOPE...",
    about: `creates an API key with scopes of ${SCOPES.join(", ")}, and prints it`,
    async run(tools, [name, label, ...scopes]) {
      if (!label || scopes.length === 0 || !scopes.every((scope) => SCOPES.includes(scope as Scope)))
        throw wrong("keys create");
      const user = await requireUser(tools, name);
      const input = { name: label, scopes: [...new Set(scopes)] as Scope[], client_id: crypto.randomUUID() };
      return (await createKey(tools, user.id, input)).key;
    },
  },
  "keys list": {
    usage: "keys list USER",
    about: "lists the API keys of somebody",
    async run(tools, [name]) {
      const { data } = await listKeys(tools, (await requireUser(tools, name)).id);
      const lines = data.map((key) => `${key.id}  ${key.name}  ${key.scopes.join(",")}  last used ${key.last_used_at}`);
      return lines.join("\n") || "None.";
    },
  },
  "keys delete": {
    usage: "keys delete USER ID",
    about: "ends an API key",
    async run(tools, [name, id]) {
      if (!/^\d{1,15}$/.test(id ?? "")) throw wrong("keys delete");
      const user = await requireUser(tools, name);
      const isKey = and(eq(tokens.id, Number(id)), eq(tokens.userId, user.id), eq(tokens.kind, "key"));
      const deleted = await tools.db.delete(tokens).where(isKey).returning({ id: tokens.id });
      if (deleted.length === 0) throw new StartupError(`${user.username} has no key ${id}.`);
      return `The key was deleted. ${NOTICED}`;
    },
  },
  invite: {
    usage: "invite [--people N] [--days N]",
    about: "creates an invite to the server, for one person and seven days unless told",
    async run({ db, config }, args) {
      const { values } = parseArgs({ args, options: { people: { type: "string" }, days: { type: "string" } } });
      const given = { maxUses: countOf(values.people), days: countOf(values.days) };
      const code = await createOperatorInvite(db, JSON.parse(JSON.stringify(given)));
      return config.publicUrl ? `${config.publicUrl}/#/invite/${code}` : code;
    },
  },
};

/** Runs a command as it was typed, and returns what is to be printed. Throws a StartupError. */
export async function runAdmin(tools: Tools, typed: string[]): Promise<string> {
  const { name, args } = commandOf(typed);
  try {
    return await COMMANDS[name]!.run(tools, args);
  } catch (error) {
    if (error instanceof ChatError) throw new StartupError(error.message);
    if (error instanceof TypeError && "code" in error) throw wrong(name);
    throw error;
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

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw wrong("invite");
  return Number(text);
}

async function requireUser(tools: Pick<Tools, "db">, name: string | undefined) {
  const user = name ? await findUser(tools, name) : null;
  if (!user) throw new StartupError(name ? `There is no user ${name}.` : "Name a user.");
  return user;
}

async function main() {
  const config = readConfig(process.env);
  // Before a database is started for it.
  commandOf(process.argv.slice(2));
  const { target, jwtSecret, stop } = await openTarget(config);
  try {
    const { sql, db } = openDatabase(target);
    console.log(
      await runAdmin({ db, log: createLogger("silent"), config: { ...config, jwtSecret } }, process.argv.slice(2)),
    );
    await sql.end({ timeout: 1 });
  } finally {
    await stop();
  }
}

/** The database of a running server; without one it is started for the command. */
async function openTarget(
  config: Config,
): Promise<{ target: DatabaseTarget; jwtSecret: string; stop(): Promise<unknown> }> {
  if (!config.databaseUrl) {
    const dataDir = await chooseDataDir(config.dataDir);
    const target = await runningTarget(dataDir, DATABASE);
    if (target) {
      const jwtSecret = config.jwtSecret ?? (await secretFile(join(dataDir, "jwt-secret")));
      return { target, jwtSecret, stop: async () => {} };
    }
  }
  const storage = await openStorage(config);
  const stop = async () => storage.embedded?.stop();
  await prepareDatabase(storage.target).catch(async (error) => {
    await stop();
    throw error;
  });
  return { target: storage.target, jwtSecret: storage.jwtSecret, stop };
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
