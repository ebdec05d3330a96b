// The commands of src/backup as processes, and people on a server that is one, too.
import { join } from "node:path";
import { asUser, call, type Json, newName, PASSWORD } from "../support/client.ts";

const COMMANDS = join(import.meta.dir, "../../src/backup");

export type Command = "backup" | "restore" | "move";

export function startCommand(command: Command, argument: string, settings: Record<string, string>) {
  const { PATH = "", HOME = "" } = process.env;
  return Bun.spawn([process.execPath, join(COMMANDS, `${command}.ts`), argument], {
    // Elsewhere, so that no `.env` beside package.json is read.
    cwd: "/",
    env: { PATH, HOME, ...settings },
    stdout: "pipe",
    stderr: "pipe",
  });
}

export async function runCommand(command: Command, argument: string, settings: Record<string, string>) {
  const child = startCommand(command, argument, settings);
  const [printed, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, printed, errors };
}

export async function logIn(url: string, username: string) {
  const { body } = await call(url, "POST", "/login", { username, password: PASSWORD });
  return { ...asUser(url, body.access_token), username };
}

/** Two people with a conversation. */
export async function newRoom(url: string) {
  const [ali, veli] = [await newAccount(url), await newAccount(url)];
  const { id } = (await veli.get("/me")).body.data;
  const { body } = await ali.post(`/conversations/${id}`);
  return { ali, veli, path: `/messages/${body.conversation_id}` };
}

async function newAccount(url: string) {
  const username = newName();
  await call(url, "POST", "/register", { username, email: `${username}@example.com`, password: PASSWORD });
  return logIn(url, username);
}

export async function upload(url: string, user: { token: string }, bytes: Uint8Array<ArrayBuffer>) {
  const form = new FormData();
  form.append("file", new Blob([bytes]), "noise.bin");
  const headers = { authorization: `Bearer ${user.token}` };
  const response = await fetch(`${url}/files`, { method: "POST", body: form, headers });
  return ((await response.json()) as Json).data;
}

export async function download(url: string, user: { token: string }, fileId: number) {
  const headers = { authorization: `Bearer ${user.token}` };
  const response = await fetch(`${url}/files/${fileId}/content`, { headers });
  return new Uint8Array(await response.arrayBuffer());
}

/** All messages of a room, the oldest first. */
export async function history(user: ReturnType<typeof asUser>, path: string): Promise<Json[]> {
  const messages: Json[] = [];
  for (let cursor = ""; ; ) {
    const { body } = await user.get(`${path}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    messages.unshift(...body.data);
    if (!body.next_cursor) return messages;
    cursor = body.next_cursor;
  }
}
