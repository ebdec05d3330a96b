// Files of users, uploaded by the API.
import type { Attachment } from "../../src/sdk/index.ts";
import type { User } from "./people.ts";

/** Uploads a file, and returns it as messages take it. */
export async function upload(
  url: string,
  user: User,
  bytes: Uint8Array<ArrayBuffer> | string,
  name: string,
  fields: Record<string, string> = {},
): Promise<Attachment> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set("file", new File([bytes], name));
  const headers = { authorization: `Bearer ${user.token}` };
  const response = await fetch(`${url}/files`, { method: "POST", headers, body: form });
  if (response.status !== 201) throw new Error(`${name}: ${await response.text()}`);
  return ((await response.json()) as { data: Attachment }).data;
}

/** A tone of so many seconds, in a form that every browser plays. */
export function toneOf(seconds: number): Uint8Array<ArrayBuffer> {
  const rate = 8_000;
  const samples = Math.round(seconds * rate);
  const bytes = Buffer.alloc(44 + samples);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(36 + samples, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20); // PCM.
  bytes.writeUInt16LE(1, 22); // One channel.
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(samples, 40);
  for (let i = 0; i < samples; i++) bytes[44 + i] = 128 + Math.round(60 * Math.sin((i * 2 * Math.PI * 440) / rate));
  return new Uint8Array(bytes);
}
