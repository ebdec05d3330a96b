// The socket that the runtime provides, and the frames on it.
import type { ServerFrame } from "../wire.ts";

/** A browser's WebSocket, or that of the package `ws`. */
export type WebSocketClass = new (
  url: string,
) => { send(data: string): void; close(code?: number, reason?: string): void };

export interface Socket {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
}

const BARE = ["pong", "error", "ack"];

/** Null for what is no frame. The data of one of an unknown type may have any fields. */
export function parseFrame(text: string): ServerFrame | null {
  try {
    const frame = JSON.parse(text);
    if (typeof frame?.type !== "string") return null;
    const { data } = frame;
    return BARE.includes(frame.type) || (typeof data === "object" && data !== null) ? frame : null;
  } catch {
    return null;
  }
}
