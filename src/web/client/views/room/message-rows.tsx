// The rows of a room's timeline: messages, events of a group, days, and the mark of the first unread message.
import type { RoomEventItem, RoomMessage } from "../../../../sdk/index.ts";
import { eventsText, isSameLine } from "../../lib/event-text.ts";
import { dayOf, dayTitle, fullTimeOf } from "../../lib/time.ts";
import { nameInText } from "../../state/person.ts";
import { usePerson } from "../../ui/person.tsx";
import { Message } from "./message.tsx";
import type { MessageActions } from "./message-actions.ts";

// Messages of the same sender within this time are grouped.
const GROUPING_MS = 5 * 60_000;

export interface Rows {
  meId: number;
  isGroup: boolean;
  mayEdit: boolean;
  /** Whose messages the user may delete. */
  mayDelete: "all" | "own" | "none";
  shown: readonly RoomMessage[];
  /** The messages next to the rendered ones. */
  before: RoomMessage | undefined;
  after: RoomMessage | undefined;
  /** In order of seq. */
  events: readonly RoomEventItem[];
  firstUnread: string | null | undefined;
  currentKey: string | null | undefined;
  /** The ids of members whose name somebody else shows as well. */
  namesakes: ReadonlySet<number>;
  /** By id; null while none are. */
  selected: ReadonlyMap<number, unknown> | null;
  actions: MessageActions;
}

export function rowsOf(rows: Rows) {
  const { shown, firstUnread, currentKey, meId, isGroup, mayEdit, mayDelete, namesakes, selected, actions } = rows;
  const list = [];
  /** The message above, unless another kind of row is in between. */
  let above = rows.before;
  let day = above && dayOf(above.created_at);
  const startDay = (moment: string) => {
    if (day === dayOf(moment)) return;
    day = dayOf(moment);
    above = undefined;
    list.push(
      <li key={`day ${day}`} class="divider">
        <time dateTime={moment}>{dayTitle(moment)}</time>
      </li>,
    );
  };
  /** The events of the line that is being built. */
  let line: RoomEventItem[] = [];
  const endLine = () => {
    const [first] = line;
    if (!first) return;
    const text = line;
    line = [];
    startDay(first.at);
    above = undefined;
    list.push(
      <li key={first.key} class="event">
        {/* Anew with each event that joins it: it follows the names of all of them. */}
        <EventLine key={text.length} events={text} meId={meId} />
      </li>,
    );
  };
  const pushEvent = (event: RoomEventItem) => {
    const last = line.at(-1);
    if (last && (!isSameLine(last, event) || dayOf(last.at) !== dayOf(event.at))) endLine();
    line.push(event);
  };

  const events = eventsBetween(rows);
  let next = 0;
  for (const message of shown) {
    const { key, sender_id, created_at, seq } = message;
    // Messages that are not stored yet come last.
    for (; next < events.length && (seq === null || events[next]!.seq < seq); next++) pushEvent(events[next]!);
    endLine();
    startDay(created_at);
    if (key === firstUnread) {
      above = undefined;
      list.push(
        <li key="unread" class="divider unread">
          <span>New messages</span>
        </li>,
      );
    }
    const isOwn = sender_id === meId;
    list.push(
      <Message
        key={key}
        message={message}
        isOwn={isOwn}
        isGroup={isGroup}
        meId={meId}
        mayReply={mayEdit}
        mayEdit={isOwn && mayEdit}
        mayDelete={mayDelete === "all" || (isOwn && mayDelete === "own")}
        isFollowUp={
          above?.sender_id === sender_id && Date.parse(created_at) - Date.parse(above.created_at) < GROUPING_MS
        }
        hasNamesake={namesakes.has(sender_id)}
        isCurrent={key === currentKey}
        isSelected={selected && message.id !== null && selected.has(message.id)}
        actions={actions}
      />,
    );
    above = message;
  }
  for (; next < events.length; next++) pushEvent(events[next]!);
  endLine();
  return list;
}

function EventLine({ events, meId }: { events: readonly RoomEventItem[]; meId: number }) {
  for (const { actor, user } of events) {
    usePerson(actor);
    usePerson(user);
  }
  return <span title={fullTimeOf(events[0]!.at)}>{eventsText(events, meId, nameInText)}</span>;
}

/** The events between the rendered messages. */
function eventsBetween({ events, before, after }: Rows): readonly RoomEventItem[] {
  const from = before?.seq ?? 0;
  const to = after?.seq ?? Number.POSITIVE_INFINITY;
  return events.filter(({ seq }) => seq > from && seq < to);
}
