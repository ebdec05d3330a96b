// What is for the user, in pages, kept up to date while it is shown.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Chat, ChatError, Mention, Page, RoomEvent, RoomKey } from "../../../../sdk/index.ts";

// In a busy group many reactions come at once.
const RELOAD_DELAY_MS = 400;

export type ActivityKind = Mention["kind"];

export type ActivityItem = Mention & { room: RoomKey };

export interface Activity {
  items: readonly ActivityItem[];
  isLoaded: boolean;
  isLoadingMore: boolean;
  hasMore: boolean;
  error: ChatError | null;
  loadMore(): void;
  reload(): void;
}

interface Pages {
  items: readonly ActivityItem[];
  /** Of the page after the last item; null at the end, undefined before the first page. */
  cursor: string | null | undefined;
}

const NOTHING: Pages = { items: [], cursor: undefined };

const isSame = (a: Mention, b: Mention) => a.message.id === b.message.id;

/** A newer first page in front of what was read before, if the two meet. */
function withNewest({ items, cursor }: Pages, page: ActivityItem[], next: string | null): Pages {
  const last = page.at(-1);
  const at = last ? items.findIndex((item) => isSame(item, last)) : -1;
  if (at < 0) return { items: page, cursor: next };
  const older = items.slice(at + 1).filter((item) => !page.some((one) => isSame(one, item)));
  return older.length > 0 ? { items: [...page, ...older], cursor: cursor ?? null } : { items: page, cursor: next };
}

/** Whether an event may change the list. */
function concerns({ type, data }: RoomEvent, meId: number, items: readonly Mention[]): boolean {
  if (type === "reaction.added" || type === "reaction.removed") return true;
  if (!type.includes("message.")) return type === "group.member.left" || type === "group.member.joined";
  const { id, entities, reply_to } = data as Partial<Mention["message"]>;
  return (
    entities?.some((entity) => entity.type === "mention_all" || entity.user_id === meId) ||
    reply_to?.sender_id === meId ||
    items.some(({ message }) => message.id === id)
  );
}

/** Of one kind, or of all. */
export function useActivity(chat: Chat, meId: number, kind: ActivityKind | undefined): Activity {
  const [pages, setPages] = useState<Pages>(NOTHING);
  const [error, setError] = useState<ChatError | null>(null);
  const [isLoadingMore, setLoadingMore] = useState(false);
  const latest = useRef(pages);
  latest.current = pages;
  /** Changes with the kind: a response for another one is dropped. */
  const edition = useRef(0);
  const isReading = useRef(false);

  const readPage = (cursor: string | null) => chat.listMentions(cursor, kind) as Promise<Page<ActivityItem>>;

  async function read() {
    const current = edition.current;
    try {
      const { data, next_cursor } = await readPage(null);
      if (current !== edition.current) return;
      setPages((now) => withNewest(now, data, next_cursor));
      setError(null);
    } catch (cause) {
      if (current === edition.current) setError(cause as ChatError);
    }
  }

  async function loadMore() {
    const { cursor } = latest.current;
    if (!cursor || isReading.current) return;
    const current = edition.current;
    isReading.current = true;
    setLoadingMore(true);
    try {
      const { data, next_cursor } = await readPage(cursor);
      if (current !== edition.current) return;
      setPages(({ items }) => ({
        items: [...items, ...data.filter((item) => !items.some((one) => isSame(one, item)))],
        cursor: next_cursor,
      }));
      setError(null);
    } catch (cause) {
      if (current === edition.current) setError(cause as ChatError);
    }
    isReading.current = false;
    setLoadingMore(false);
  }

  useEffect(() => {
    edition.current++;
    isReading.current = false;
    setPages(NOTHING);
    setError(null);
    setLoadingMore(false);
    void read();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const reload = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void read();
      }, RELOAD_DELAY_MS);
    };
    let wasOpen = chat.connection.getSnapshot().state === "open";
    const ends = [
      chat.onEvent((event) => {
        if (!concerns(event, meId, latest.current.items)) return;
        // It may be further down than what is read again.
        if (event.type.endsWith("message.deleted"))
          setPages(({ items, cursor }) => ({
            items: items.filter(({ message }) => message.id !== (event.data as { id?: number }).id),
            cursor,
          }));
        reload();
      }),
      // Not all that was missed is replayed.
      chat.connection.subscribe(() => {
        const isOpen = chat.connection.getSnapshot().state === "open";
        if (isOpen && !wasOpen) reload();
        wasOpen = isOpen;
      }),
      chat.blocks.subscribe(reload),
    ];
    return () => {
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [chat, kind]);

  const { items, cursor } = pages;
  const isLoaded = cursor !== undefined;
  return { items, isLoaded, isLoadingMore, hasMore: Boolean(cursor), error, loadMore, reload: () => void read() };
}
