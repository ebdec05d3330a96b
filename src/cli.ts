// The entry of the single executable: the server, and the commands that are scripts of package.json in a checkout. Each is loaded only when
// it is asked for, and finds its own arguments where it would find them as a script.
import { VERSION } from "./lib/version.ts";

interface Command {
  about: string;
  load(): Promise<unknown>;
  /** Started by the program itself, and not listed. */
  isInternal?: true;
}

const COMMANDS: Record<string, Command> = {
  start: { about: "starts the server; so does no command at all", load: () => import("./main.ts") },
  admin: {
    about: "people, roles, bans, the audit log, API keys; alone, it lists its commands",
    load: async () => (await import("./admin.ts")).runFromCommandLine(),
  },
  "backup DIR": {
    about: "saves the data directory, whose server may go on running",
    load: () => import("./backup/backup.ts"),
  },
  "restore DIR": {
    about: "puts a backup where the server looks for its data",
    load: () => import("./backup/restore.ts"),
  },
  "move-to URL": {
    about: "moves the data to a PostgreSQL of yours, or back to a directory",
    load: () => import("./backup/move.ts"),
  },
  "db:restored": {
    about: "to be run after a database was restored by hand",
    load: () => import("./restored.ts"),
  },
  "health [PATH]": {
    about: "ends with 0 when the server on this machine answers, at /live or at PATH",
    load: async () => (await import("./health.ts")).runHealthCheck(),
  },
  "image-process": { about: "decodes an image", load: () => import("./files/image-process.ts"), isInternal: true },
};

const USAGE = [
  `realtime-chat ${VERSION}`,
  "",
  ...Object.entries(COMMANDS)
    .filter(([, { isInternal }]) => !isInternal)
    .map(([usage, { about }]) => `  realtime-chat ${usage.padEnd(13)} ${about}`),
  "",
  "Settings are read from the environment and from .env: PORT, DATA_DIR, DATABASE_URL, ….",
].join("\n");

function commandOf(word: string): Command | undefined {
  return Object.entries(COMMANDS).find(([usage]) => usage.split(" ")[0] === word)?.[1];
}

async function run(word: string | undefined) {
  // Without a command, or as a worker (workers/index.ts).
  if (word === undefined || word.startsWith("--worker=")) return COMMANDS.start!.load();
  if (word === "--version" || word === "version") return console.log(VERSION);
  if (word === "--help" || word === "help") return console.log(USAGE);
  const command = commandOf(word);
  if (!command) {
    console.error(`There is no command ${word}.\n\n${USAGE}`);
    process.exit(2);
  }
  process.argv.splice(2, 1);
  return command.load();
}

await run(process.argv[2]);
