// Who was in a group, and who might speak there, as its stored history tells it. The checker's.
import type { RoomRecord, Stored } from "./records.ts";

/** A time away: after the event `left` (0: from the beginning) until `joined`, which is NEVER for those who stayed away. */
export interface Absence {
  left: number;
  joined: { seq: number; at: number };
}

export const NEVER = { seq: Number.POSITIVE_INFINITY, at: Number.POSITIVE_INFINITY };

/** The absences of everyone who was ever in the group; founders have been there from the beginning. */
export function absences({ founders, stored }: Pick<RoomRecord, "founders" | "stored">): Map<number, Absence[]> {
  const found = new Map<number, Absence[]>(founders.map((userId) => [userId, []]));
  for (const { seq, at, kind, member } of stored) {
    if (!member) continue;
    const list = found.get(member.userId) ?? [{ left: 0, joined: NEVER }];
    found.set(member.userId, list);
    const last = list.at(-1);
    if (kind === "member.joined" && last?.joined === NEVER) last.joined = { seq, at };
    else if (kind === "member.left") list.push({ left: seq, joined: NEVER });
  }
  return found;
}

/** A time in which somebody might not write, muted or outside, by the database's clock (ms). */
export interface Silence {
  from: number;
  to: number;
}

/** The silences of everyone whose rights ever changed. */
export function silences({ founders, stored }: Pick<RoomRecord, "founders" | "stored">): Map<number, Silence[]> {
  const found = new Map<number, Silence[]>();
  for (const { at, kind, member } of stored) {
    if (!member) continue;
    const list = found.get(member.userId) ?? (founders.includes(member.userId) ? [] : [{ from: 0, to: NEVER.at }]);
    found.set(member.userId, list);
    const last = list.at(-1);
    const isSilent = kind === "member.left" || member.isMuted;
    if (isSilent && last?.to !== NEVER.at) list.push({ from: at, to: NEVER.at });
    else if (!isSilent && last?.to === NEVER.at) last.to = at;
  }
  return found;
}

/** How often somebody wrote, edited or reacted while muted, or did anything while not in the group. */
export function spokenWithoutRight({ founders, stored }: Pick<RoomRecord, "founders" | "stored">): number {
  const present = new Set(founders);
  const muted = new Set<number>();
  let found = 0;
  for (const event of stored) {
    if (!mayAct(event, present, muted)) found++;
    if (!event.member) continue;
    const { userId, isMuted } = event.member;
    if (event.kind === "member.left") present.delete(userId);
    else present.add(userId);
    if (isMuted && event.kind !== "member.left") muted.add(userId);
    else muted.delete(userId);
  }
  return found;
}

const UNLESS_MUTED = new Set(["message", "message.updated", "reaction.added"]);

function mayAct({ actorId, kind, member }: Stored, present: Set<number>, muted: Set<number>): boolean {
  // Who joins by themselves is not there yet.
  if (kind === "member.joined" && member?.userId === actorId) return true;
  if (!present.has(actorId)) return false;
  return !(muted.has(actorId) && UNLESS_MUTED.has(kind));
}
