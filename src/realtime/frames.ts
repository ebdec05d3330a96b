// Reading the frames that clients send, as far as that needs no knowledge of commands.
import { isTooDeep } from "../lib/json.ts";
import { SchemaCheck } from "../lib/schema-check.ts";
import { type AuthCommand, auth } from "../protocol/connection.ts";
import { isRef } from "../protocol/define.ts";

/** A JSON object that a client sent; its content is not known yet. */
export type Frame = { type?: unknown; ref?: unknown; [field: string]: unknown };

const AUTH = new SchemaCheck(auth.schemas.account!);

/** Whether a frame takes more bytes than allowed; a character of UTF-16 takes three at most. */
export const isTooLong = (raw: string | Buffer, limit: number) =>
  raw.length > limit || (typeof raw === "string" && raw.length * 3 > limit && Buffer.byteLength(raw) > limit);

/** The JSON object in a frame, or null when it contains anything else. */
export function parseFrame(raw: string): Frame | null {
  try {
    const frame = JSON.parse(raw);
    return typeof frame === "object" && frame !== null && !Array.isArray(frame) ? frame : null;
  } catch {
    return null;
  }
}

/** The first frame of a connection that came without a token; null when it is not the `auth` that it must be. */
export function parseAuthFrame(raw: string): AuthCommand | null {
  const frame = isTooDeep(raw) ? null : parseFrame(raw);
  return AUTH.check(frame) ? (frame as AuthCommand) : null;
}

export const validRef = (ref: unknown) => (isRef(ref) ? ref : undefined);
