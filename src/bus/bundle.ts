// What servers send each other: bundles of entries, each a line that says what it is, mostly followed by a frame. Lengths are in
// UTF-16 units, so that whoever hears a bundle passes over what it does not need without parsing frames. Versions and entries that
// are not known are passed over as well: the sequencer finds what they held in the database.
import type { Room, RoomKind } from "../protocol/rooms.ts";
import type { FrameVersion, PublishedEvent, RoomSignal } from "./bus.ts";
import type { ReachEntry } from "./reached-users.ts";

const VERSION = "1";

export type Entry =
  /** A committed event. */
  | { type: "event"; event: PublishedEvent }
  /** The room has reached this position; `undeliveredTo` as PublishedEvent has it, of what is there. */
  | { type: "hint"; room: Room; seq: number; undeliveredTo: number | null }
  /** A frame without a seq, for everyone in the room but these users; not before what was published up to `after` (null: not known). */
  | { type: "frame"; room: Room; after: number | null; exceptUserIds: readonly number[] | undefined; frame: string }
  /** A frame for a user's own topic; `version` as Bus.publishToUser has it. */
  | { type: "user"; userId: number; frame: string; version: FrameVersion | null }
  | ReachEntry;

const KINDS: Record<RoomKind, string> = { direct: "d", group: "g" };
const NONE = "-";

/** An entry as text. */
export function encodeEntry(entry: Entry): string {
  switch (entry.type) {
    case "event": {
      const { room, seq, frame, signal, undeliveredTo } = entry.event;
      return `e ${nameOf(room)} ${seq} ${undeliveredTo ?? NONE} ${encodeSignal(signal)} ${frame.length}\n${frame}\n`;
    }
    case "hint":
      return `h ${nameOf(entry.room)} ${entry.seq} ${entry.undeliveredTo ?? NONE}\n`;
    case "frame": {
      const { room, after, exceptUserIds, frame } = entry;
      // Versions before took one user at most: they read the first, and pass over the others.
      return `f ${nameOf(room)} ${after ?? NONE} ${exceptUserIds?.join(" ") || NONE} ${frame.length}\n${frame}\n`;
    }
    case "user": {
      const { userId, version, frame } = entry;
      const about = version ? `${version.userId} ${version.at} ` : "";
      return `u ${userId} ${about}${frame.length}\n${frame}\n`;
    }
    // Without a frame, of which earlier versions look for the length all the same.
    case "reach":
      return `r ${entry.number} ${entry.userId} ${entry.isReached ? 1 : 0} 0\n\n`;
    case "pulse": {
      const { number, sentAt, echoes } = entry;
      return `p ${number} ${sentAt} ${echoes.map(([nodeId, at]) => `${nodeId} ${at} `).join("")}0\n\n`;
    }
  }
}

/** The line that begins a bundle. */
export const bundleHeader = (nodeId: string) => `${VERSION} ${nodeId}\n`;

/** Calls `onEntry` for each entry of another server's bundle, with its id; returns how many there were. What can't be read is passed over. */
export function readBundle(
  payload: string,
  ownNodeId: string,
  onEntry: (entry: Entry, sender: string) => void,
): number {
  const headerEnd = payload.indexOf("\n");
  const [version, sender] = payload.slice(0, headerEnd).split(" ");
  if (headerEnd < 0 || version !== VERSION || !sender || sender === ownNodeId) return 0;
  let count = 0;
  for (let at = headerEnd + 1; at < payload.length; ) {
    const lineEnd = payload.indexOf("\n", at);
    if (lineEnd < 0) break;
    const fields = payload.slice(at, lineEnd).split(" ");
    at = lineEnd + 1;
    let frame = "";
    if (fields[0] !== "h") {
      const length = toNumber(fields.at(-1));
      // Without its length the rest can't be told apart; cut off, it is not whole.
      if (length === null || at + length >= payload.length) break;
      frame = payload.slice(at, at + length);
      at += length + 1;
    }
    const entry = toEntry(fields, frame);
    if (!entry) continue;
    count++;
    onEntry(entry, sender);
  }
  return count;
}

function toEntry([type, ...fields]: string[], frame: string): Entry | null {
  if (type === "u") {
    const [userId, about] = [toNumber(fields[0]), toNumber(fields[1])];
    const version = fields.length > 3 && about !== null ? { userId: about, at: fields[2]! } : null;
    return userId === null ? null : { type: "user", userId, frame, version };
  }
  if (type === "r") {
    const [number, userId] = [toNumber(fields[0]), toNumber(fields[1])];
    return number === null || userId === null ? null : { type: "reach", number, userId, isReached: fields[2] === "1" };
  }
  if (type === "p") return toPulse(fields);
  const kind = fields[0] === "d" ? "direct" : fields[0] === "g" ? "group" : null;
  const id = toNumber(fields[1]);
  if (!kind || id === null) return null;
  const room: Room = { kind, id };
  const position = toNumber(fields[2]);
  switch (type) {
    case "e": {
      const signal = position === null ? undefined : decodeSignal(fields[4], room, position);
      if (position === null || signal === undefined) return null;
      return { type: "event", event: { room, seq: position, frame, signal, undeliveredTo: toNumber(fields[3]) } };
    }
    case "h":
      return position === null ? null : { type: "hint", room, seq: position, undeliveredTo: toNumber(fields[3]) };
    case "f":
      return { type: "frame", room, after: position, exceptUserIds: toNumbers(fields.slice(3, -1)), frame };
    default:
      return null;
  }
}

function toPulse(fields: string[]): Entry | null {
  const [number, sentAt] = [toNumber(fields[0]), toNumber(fields[1])];
  if (number === null || sentAt === null) return null;
  const echoes: [string, number][] = [];
  for (let i = 2; i + 1 < fields.length; i += 2) {
    const at = toNumber(fields[i + 1]);
    if (at !== null) echoes.push([fields[i]!, at]);
  }
  return { type: "pulse", number, sentAt, echoes };
}

const nameOf = ({ kind, id }: Room) => `${KINDS[kind]} ${id}`;

const encodeSignal = (signal: RoomSignal | null) =>
  signal?.type === "member.joined"
    ? `+${signal.userId}`
    : signal?.type === "member.removed"
      ? `x${signal.userId}`
      : NONE;

/** Undefined for one that is not known. */
function decodeSignal(text: string | undefined, { kind, id }: Room, seq: number): RoomSignal | null | undefined {
  if (text === NONE) return null;
  const userId = toNumber(text?.slice(1));
  if (userId === null) return undefined;
  if (text![0] === "+") return { type: "member.joined", kind, roomId: id, userId, seq };
  return text![0] === "x" ? { type: "member.removed", kind, roomId: id, userId, seq } : undefined;
}

function toNumbers(texts: string[]): number[] | undefined {
  const numbers = texts.map(toNumber).filter((number) => number !== null);
  return numbers.length > 0 ? numbers : undefined;
}

function toNumber(text: string | undefined): number | null {
  const number = text ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}
