// What servers tell each other by notifications of the database. Messages of unknown versions and types are passed over, so that
// servers of neighbouring versions can run side by side.
import type { ServerFigures } from "../protocol/health.ts";
import { ROOM_KINDS } from "../protocol/rooms.ts";
import { SERVER_ROLES } from "../protocol/scopes.ts";
import type { Signal } from "./bus.ts";

const VERSION = 1;

type Told = Extract<
  Signal,
  {
    type:
      | "session.ended"
      | "receipts.changed"
      | "user.renamed"
      | "user.banned"
      | "role.changed"
      | "issuers.changed"
      | "member.joined"
      | "room.deleted";
  }
>;

/** A server asks the others for their figures, and each says its own. */
export type HealthMessage =
  | { type: "health.request"; id: string }
  | { type: "health.response"; id: string; figures: ServerFigures };

export type ControlContent =
  | Told
  | HealthMessage
  /** What the sender has stored of these users' sockets has changed, for servers that have some as well. */
  | { type: "presence.changed"; userIds: number[] }
  | { type: "node.hello" }
  | { type: "node.bye" };

export interface ControlMessage {
  /** The server that sent it. */
  nodeId: string;
  content: ControlContent;
}

/** The payload of a notification; null for a signal that travels with the events of its room. */
export const encodeControl = (nodeId: string, content: ControlContent | Signal): string | null =>
  content.type === "member.removed" ? null : JSON.stringify({ v: VERSION, n: nodeId, s: content });

export function readControl(payload: string): ControlMessage | null {
  try {
    const { v, n, s } = JSON.parse(payload);
    return v === VERSION && typeof n === "string" && isContent(s) ? { nodeId: n, content: s } : null;
  } catch {
    return null;
  }
}

function isContent(s: Record<string, unknown> | null): boolean {
  switch (s?.type) {
    case "session.ended":
      return isId(s.sessionId);
    case "receipts.changed":
      return isId(s.userId) && typeof s.isQuiet === "boolean";
    case "user.renamed":
      return isId(s.userId) && typeof s.username === "string";
    case "user.banned":
      return isId(s.userId);
    case "role.changed":
      return isId(s.userId) && (SERVER_ROLES as readonly unknown[]).includes(s.role);
    case "issuers.changed":
      return true;
    case "member.joined":
      return isKind(s.kind) && isId(s.roomId) && isId(s.userId);
    case "room.deleted":
      return isKind(s.kind) && isId(s.roomId);
    case "presence.changed":
      return Array.isArray(s.userIds) && s.userIds.every(isId);
    case "health.request":
      return typeof s.id === "string";
    case "health.response":
      return typeof s.id === "string" && typeof s.figures === "object" && s.figures !== null;
    default:
      return s?.type === "node.hello" || s?.type === "node.bye";
  }
}

const isId = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
const isKind = (value: unknown) => (ROOM_KINDS as readonly unknown[]).includes(value);
