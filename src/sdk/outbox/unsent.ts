// A message of the user's own that the server has not stored.
import { BODY_LIMIT } from "../../protocol/limits.ts";
import { countCharacters } from "../../protocol/text.ts";
import { ChatError } from "../errors.ts";
import type { RoomKey } from "../wire.ts";

export interface Unsent {
  readonly client_id: string;
  readonly room: RoomKey;
  readonly body: string;
  /** By this device's clock; for display. */
  readonly created_at: string;
  /** The order in which messages were written, over all tabs that share the storage. */
  readonly order: number;
  /** Why it was refused for good; null while it is queued. */
  readonly error: ChatError | null;
}

export const byOrder = (a: { order: number }, b: { order: number }) => a.order - b.order;

/** A message that can't be valid has failed from the start: a frame that is far too long would end the connection. */
export function createUnsent(room: RoomKey, text: string, order: number): Unsent {
  const body = text.trim();
  const problem = problemOf(body);
  const error =
    problem === null
      ? null
      : new ChatError("invalid", `body: ${problem}`, 0, { errors: [{ field: "body", message: problem }] });
  return { client_id: newId(), room, body, created_at: new Date().toISOString(), order, error };
}

function problemOf(body: string): string | null {
  if (body === "") return "must not be empty";
  if (countCharacters(body) > BODY_LIMIT) return `must be at most ${BODY_LIMIT} characters`;
  return body.includes("\0") ? "must not contain NUL characters" : null;
}

/** A random UUID. Pages without TLS have no crypto.randomUUID. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})/, "$1-$2-4$3-a$4-"); // Version 4, variant 1.
}
