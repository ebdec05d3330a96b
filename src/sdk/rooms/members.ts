// The members of a group: pages by HTTP, changes by events.
import type { FrameOf, Member, Person, Role } from "../wire.ts";
import type { Positions } from "./positions.ts";

export interface RoomMember extends Pick<Person, "display_name" | "avatar" | "status"> {
  user_id: number;
  username: string;
  role: Role;
  is_muted: boolean;
  /** When the mute ends; null for none, or for one without an end. */
  muted_until: string | null;
  /** How far they have read, as a position in the room and as a message id. The further one counts. */
  read_seq: number;
  last_read_message_id: number | null;
  /** How far they had received when they last came online, or have read since. */
  delivered_seq: number;
}

type Profile = Omit<Person, "id" | "username">;
type MemberFields = Omit<RoomMember, "read_seq" | "last_read_message_id" | "delivered_seq" | keyof Profile>;

const fieldsOf = ({ user_id, username, role, is_muted, muted_until }: MemberFields): MemberFields => ({
  user_id,
  username,
  role,
  is_muted,
  muted_until,
});

export class MemberList {
  readonly #byId = new Map<number, MemberFields>();
  /** Where the next page starts; null when all are here, undefined before the first. */
  cursor: string | null | undefined = undefined;
  /** Members changed by events while a page was requested: the page may be older. */
  #changed: Set<number> | null = null;
  #edition = 0;

  /** A page is about to be requested; pass the returned edition to `addPage`. */
  expectPage(): number {
    this.#changed ??= new Set();
    return this.#edition;
  }

  /** Returns false for a page of a list that was cleared meanwhile: read it again from the start. */
  addPage(edition: number, page: Member[], cursor: string | null, positions: Positions): boolean {
    if (edition !== this.#edition) return false;
    for (const member of page) {
      const { user_id, read_seq, last_read_message_id, delivered_seq } = member;
      if (this.#changed?.has(user_id)) continue;
      this.#byId.set(user_id, fieldsOf(member));
      positions.advance(user_id, {
        readSeq: read_seq,
        readId: last_read_message_id ?? 0,
        deliveredSeq: delivered_seq,
      });
    }
    this.cursor = cursor;
    this.#changed = null;
    return true;
  }

  put(member: FrameOf<"group.member.joined">["data"]) {
    this.#changed?.add(member.user_id);
    this.#byId.set(member.user_id, fieldsOf(member));
  }

  remove(userId: number) {
    this.#changed?.add(userId);
    this.#byId.delete(userId);
  }

  clear() {
    this.#byId.clear();
    this.cursor = undefined;
    this.#changed = null;
    this.#edition++;
  }

  has(userId: number) {
    return this.#byId.has(userId);
  }

  /** In order of their ids. */
  list(positions: Positions, profileOf: (userId: number) => Profile): RoomMember[] {
    return [...this.#byId.values()]
      .sort((a, b) => a.user_id - b.user_id)
      .map((member) => {
        const isOver = member.muted_until !== null && Date.parse(member.muted_until) <= Date.now();
        return {
          ...member,
          ...profileOf(member.user_id),
          ...(isOver ? { is_muted: false, muted_until: null } : {}),
          ...readPositionOf(member.user_id, positions),
        };
      });
  }
}

export function readPositionOf(userId: number, positions: Positions) {
  const { readSeq, readId, deliveredSeq } = positions.get(userId);
  return { read_seq: readSeq, last_read_message_id: readId || null, delivered_seq: Math.max(readSeq, deliveredSeq) };
}
