// What a search for messages is narrowed down to, besides its words.
import type { Person, RoomKey, SearchOptions } from "../../../../sdk/index.ts";
import type { Wanted } from "./use-message-search.ts";

export interface Filters {
  room: RoomKey | null;
  from: Person | null;
  has: SearchOptions["has"] | null;
  mentionsMe: boolean;
  /** Since midnight, so many days ago; `chosen`: the days below. */
  days: number | "chosen" | null;
  /** Local days, `2026-11-26`; both belong to the time between. */
  since: string;
  until: string;
}

export const NO_FILTERS: Filters = {
  room: null,
  from: null,
  has: null,
  mentionsMe: false,
  days: null,
  since: "",
  until: "",
};

export const hasFilters = (filters: Filters) => JSON.stringify(filters) !== JSON.stringify(NO_FILTERS);

/** Null where there is nothing to look for. */
export function wantedOf(query: string, { room, from, has, mentionsMe, days, since, until }: Filters): Wanted | null {
  if (query.trim() === "" && !from && !has && !mentionsMe) return null;
  return {
    query: query.trim() || undefined,
    room: room ?? undefined,
    from: from?.id,
    has: has ?? undefined,
    mentions: mentionsMe ? "me" : undefined,
    after: typeof days === "number" ? daysAgo(days) : days ? dayStart(since, 0) : undefined,
    before: days === "chosen" ? dayStart(until, 1) : undefined,
  };
}

function daysAgo(days: number): string {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).toISOString();
}

/** The moment at which a local day begins, or one that many days later. */
function dayStart(day: string, later: number): string | undefined {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return undefined;
  return new Date(year, month - 1, date + later).toISOString();
}
