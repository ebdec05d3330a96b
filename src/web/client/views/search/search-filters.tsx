// Narrows a search for messages: where, of whom, with what, when.
import { useState } from "preact/hooks";
import { type Account, type Chat, nameOf, type RoomKey } from "../../../../sdk/index.ts";
import { lazy } from "../../lib/lazy.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { usePerson } from "../../ui/person.tsx";
import { PersonRow } from "../people/person-row.tsx";
import type { Filters } from "./filters.ts";

const PeoplePicker = lazy(async () => (await import("../people/people-picker.tsx")).PeoplePicker);

const KINDS: [NonNullable<Filters["has"]>, string][] = [
  ["link", "Links"],
  ["image", "Photos"],
  ["video", "Videos"],
  ["file", "Files"],
  ["voice", "Voice messages"],
];

const TIMES: [number, string][] = [
  [0, "Today"],
  [7, "Last 7 days"],
  [30, "Last 30 days"],
  [365, "Last year"],
];

interface SearchFiltersProps {
  chat: Chat;
  me: Account;
  filters: Filters;
  /** The room to narrow down to; null where there is no choice. */
  room: RoomKey | null;
  onChange: (filters: Filters) => void;
}

export function SearchFilters({ chat, me, filters, room, onChange }: SearchFiltersProps) {
  const [isPicking, setPicking] = useState(false);
  const { from, has, mentionsMe, days, since, until } = filters;
  const sender = usePerson(from);
  const set = (change: Partial<Filters>) => onChange({ ...filters, ...change });
  return (
    <fieldset class="filter-row search-filters" aria-label="Filter messages">
      {room && (
        <button
          type="button"
          class="filter"
          aria-pressed={filters.room !== null}
          onClick={() => set({ room: filters.room ? null : room })}
        >
          In this chat
        </button>
      )}
      <button
        type="button"
        class="filter"
        aria-pressed={from !== null}
        aria-haspopup={from ? undefined : "dialog"}
        onClick={() => (from ? set({ from: null }) : setPicking(true))}
      >
        {sender ? (
          <>
            From <bdi>{sender.id === me.id ? "you" : nameOf(sender)}</bdi>
            <span aria-hidden="true"> ×</span>
            <span class="visually-hidden">: remove</span>
          </>
        ) : (
          "From…"
        )}
      </button>
      <button type="button" class="filter" aria-pressed={mentionsMe} onClick={() => set({ mentionsMe: !mentionsMe })}>
        Mentions you
      </button>
      <select
        class="filter"
        aria-label="Kind"
        data-set={has !== null}
        value={has ?? ""}
        onChange={({ currentTarget: { value } }) => set({ has: (value || null) as Filters["has"] })}
      >
        <option value="">Any kind</option>
        {KINDS.map(([kind, label]) => (
          <option key={kind} value={kind}>
            {label}
          </option>
        ))}
      </select>
      <select
        class="filter"
        aria-label="When"
        data-set={days !== null}
        value={days ?? ""}
        onChange={({ currentTarget: { value } }) =>
          set({ days: value === "" ? null : value === "chosen" ? value : Number(value) })
        }
      >
        <option value="">Any time</option>
        {TIMES.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
        <option value="chosen">Choose days</option>
      </select>
      {days === "chosen" && (
        <>
          <label class="filter" data-set={since !== ""}>
            Since
            <input
              type="date"
              max={until || undefined}
              value={since}
              onInput={({ currentTarget: { value } }) => set({ since: value })}
            />
          </label>
          <label class="filter" data-set={until !== ""}>
            Until
            <input
              type="date"
              min={since || undefined}
              value={until}
              onInput={({ currentTarget: { value } }) => set({ until: value })}
            />
          </label>
        </>
      )}
      {isPicking && (
        <Dialog title="Messages from" onClose={() => setPicking(false)}>
          <ul class="rows">
            <PersonRow person={me} isSelf onOpen={() => pick(me)} />
          </ul>
          <PeoplePicker chat={chat} onPick={pick} />
        </Dialog>
      )}
    </fieldset>
  );

  function pick({ id, username }: { id: number; username: string }) {
    setPicking(false);
    set({ from: { id, username } });
  }
}
