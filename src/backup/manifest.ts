// What a backup says of itself, in `backup.json` beside its data.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { commandLine } from "../lib/program.ts";
import { StartupError } from "../lib/startup-error.ts";

const FILE = "backup.json";

export const Manifest = Type.Object({
  format: Type.Literal(1),
  /** When everything that had been answered by then was in it. */
  taken_at: Type.String(),
  users: Type.Integer(),
  rooms: Type.Integer(),
  messages: Type.Integer(),
  files: Type.Integer(),
  /** In bytes, of the database and the files. */
  size: Type.Integer(),
  /** Whether uploaded files are in a bucket, and so not in the backup. */
  files_elsewhere: Type.Boolean(),
  /** Whether the secret that signs sessions came from the environment, and so is not in the backup. */
  secret_elsewhere: Type.Boolean(),
});
export type Manifest = Static<typeof Manifest>;

export const writeManifest = (dir: string, manifest: Manifest) =>
  writeFile(join(dir, FILE), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });

/** Throws a StartupError for a directory that is no complete backup. */
export async function readManifest(dir: string): Promise<Manifest> {
  const text = await readFile(join(dir, FILE), "utf8").catch(() => null);
  if (text === null) throw new StartupError(`${dir} is not a backup that "${commandLine("backup")}" has completed.`);
  try {
    return Value.Decode(Manifest, JSON.parse(text));
  } catch {
    throw new StartupError(`${join(dir, FILE)} is damaged, or of another version of this server.`);
  }
}
