// The members of a room as its store shows them: pages by HTTP, changes by events, and how far each has read.

import type { Member, Role } from "../wire.ts";
import type { Positions } from "./message.ts";
import type { MemberEvent } from "./room-info.ts";

export interface RoomMember {
  user_id: number;
  username: string;
  role: Role;
  is_muted: boolean;
  /** When the mute ends; null for none, or for one without an end. */
  muted_until: string | null;
  /** How far they have read: a place in the room, and a message. Whichever is further counts. */
  read_seq: number;
  last_read_message_id: number | null;
}

export class MemberList {
  private readonly byId = new Map<number, Omit<RoomMember, "read_seq" | "last_read_message_id">>();
  /** Where the next page starts; null when all are here, undefined before the first. */
  cursor: string | null | undefined = undefined;
  /** Those whom events told of while a page was under way: the page may be older. */
  private news: Set<number> | null = null;
  private edition = 0;

  /** A page is about to be asked for; what is answered is to be handed in with it. */
  expectPage(): number {
    this.news ??= new Set();
    return this.edition;
  }

  /** False for a page of a list that was given up meanwhile: it starts anew. */
  addPage(edition: number, page: Member[], cursor: string | null, positions: Positions): boolean {
    if (edition !== this.edition) return false;
    for (const { user_id, username, role, is_muted, muted_until, ...at } of page) {
      if (this.news?.has(user_id)) continue;
      this.byId.set(user_id, { user_id, username, role, is_muted, muted_until });
      positions.advance(user_id, {
        readSeq: at.read_seq,
        readId: at.last_read_message_id ?? 0,
        deliveredSeq: at.delivered_seq,
      });
    }
    this.cursor = cursor;
    this.news = null;
    return true;
  }

  onEvent({ type, data }: MemberEvent) {
    const { user_id, username, role, is_muted, muted_until } = data;
    this.news?.add(user_id);
    if (type === "group.member.left") this.byId.delete(user_id);
    else this.byId.set(user_id, { user_id, username, role, is_muted, muted_until });
  }

  clear() {
    this.byId.clear();
    this.cursor = undefined;
    this.news = null;
    this.edition++;
  }

  list(positions: Positions): RoomMember[] {
    return [...this.byId.values()]
      .sort((a, b) => a.user_id - b.user_id)
      .map((member) => {
        const { readSeq, readId } = positions.get(member.user_id);
        const isOver = member.muted_until !== null && Date.parse(member.muted_until) <= Date.now();
        return {
          ...member,
          ...(isOver ? { is_muted: false, muted_until: null } : {}),
          read_seq: readSeq,
          last_read_message_id: readId || null,
        };
      });
  }
}
