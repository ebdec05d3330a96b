// Lists that are loaded page by page as one scrolls, with what is shown while they load, when they are empty and when loading fails.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Page } from "../../../../sdk/index.ts";
import { errorText } from "../../state/toasts.ts";
import { Icon, type IconName } from "../../ui/icons.tsx";

export interface Pages<Item> {
  /** Null until the first page is there. */
  items: readonly Item[] | null;
  hasMore: boolean;
  isLoading: boolean;
  error: string;
  more(): void;
  /** Again from where it failed. */
  reload(): void;
  /** From the top, because there is more of it. */
  refresh(): void;
  /** Replaces an item, or with null takes it out. */
  set(id: number, item: Item | null): void;
}

interface State<Item> {
  items: readonly Item[] | null;
  cursor: string | null;
  isLoading: boolean;
  error: string;
}

/** `query` tells lists apart: with another one it is loaded anew, after `delayMs`, in which it may change again. */
export function usePages<Item extends { id: number }>(
  query: string,
  load: (cursor: string | null) => Promise<Page<Item>>,
  delayMs = 0,
): Pages<Item> {
  const empty: State<Item> = { items: null, cursor: null, isLoading: true, error: "" };
  const [state, setState] = useState(empty);
  /** Results of an earlier one are dropped. */
  const round = useRef(0);

  async function read(cursor: string | null) {
    const own = ++round.current;
    setState((before) => ({ ...before, isLoading: true, error: "" }));
    try {
      const { data, next_cursor } = await load(cursor);
      if (own !== round.current) return;
      setState((before) => ({
        items: cursor === null ? data : [...(before.items ?? []), ...data],
        cursor: next_cursor,
        isLoading: false,
        error: "",
      }));
    } catch (failure) {
      if (own !== round.current) return;
      setState((before) => ({ ...before, cursor, isLoading: false, error: errorText(failure) }));
    }
  }

  useEffect(() => {
    setState((before) => ({ ...before, isLoading: true }));
    const timer = setTimeout(() => void read(null), delayMs);
    return () => {
      clearTimeout(timer);
      round.current++;
    };
  }, [query]);

  return {
    items: state.items,
    hasMore: state.cursor !== null,
    isLoading: state.isLoading,
    error: state.error,
    more: () => {
      if (!state.isLoading && state.cursor !== null) void read(state.cursor);
    },
    reload: () => void read(state.items === null ? null : state.cursor),
    refresh: () => void read(null),
    set(id, item) {
      setState((before) => ({
        ...before,
        items: before.items?.flatMap((one) => (one.id === id ? (item ?? []) : one)) ?? null,
      }));
    },
  };
}

interface PagedListProps<Item> {
  pages: Pages<Item>;
  label: string;
  /** When there is nothing. */
  empty: { icon: IconName; title: string; text?: string };
  row: (item: Item) => ComponentChildren;
}

export function PagedList<Item extends { id: number }>({ pages, label, empty, row }: PagedListProps<Item>) {
  const { items, isLoading, error, hasMore } = pages;
  if (items === null && error) return <Failure text={error} onRetry={pages.reload} />;
  if (items === null) return <Skeleton />;
  return (
    <>
      {items.length === 0 && !isLoading && !error && (
        <div class="empty-state">
          <Icon name={empty.icon} size={40} />
          <h2>{empty.title}</h2>
          {empty.text && <p>{empty.text}</p>}
        </div>
      )}
      <ul class="rows" aria-label={label} aria-busy={isLoading}>
        {items.map(row)}
      </ul>
      {error && <Failure text={error} onRetry={pages.reload} />}
      {hasMore && !error && <More isLoading={isLoading} onMore={pages.more} />}
    </>
  );
}

export const Skeleton = () => (
  <div class="skeleton" aria-busy="true">
    <div />
    <div />
    <div />
    <div />
  </div>
);

export const Failure = ({ text, onRetry }: { text: string; onRetry: () => void }) => (
  <div class="empty-state" role="alert">
    <Icon name="alert" size={40} />
    <h2>Couldn’t load this</h2>
    <p>{text}</p>
    <button type="button" class="button" onClick={onRetry}>
      Try again
    </button>
  </div>
);

/** Loads the next page when it comes near the screen. */
function More({ isLoading, onMore }: { isLoading: boolean; onMore: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) latest.current();
      },
      { rootMargin: "400px" },
    );
    observer.observe(button.current!);
    return () => observer.disconnect();
  }, [isLoading]);
  return (
    <div class="stack">
      <button ref={button} type="button" class="button" aria-busy={isLoading} onClick={onMore}>
        {isLoading ? "Loading…" : "Show more"}
      </button>
    </div>
  );
}
