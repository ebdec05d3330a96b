// Composes the feeds of a server. Loaded only where a setting has one.
import { FeedWorker, type FeedWorkerParts } from "./feeds/feed-worker.ts";
import { searchFeed } from "./feeds/search/feed.ts";
import type { Metrics } from "./lib/metrics.ts";

export interface Feeds {
  /** To be called with the room of each committed event. */
  markDirty(roomId: number): void;
  /** Finds, in the background, what no server has marked. */
  sweep(): void;
  close(): Promise<void>;
}

export function createFeeds({
  metrics,
  ...parts
}: FeedWorkerParts & { metrics: Pick<Metrics, "watch" | "count"> }): Feeds {
  const search = new FeedWorker(searchFeed, parts);
  metrics.watch("chat_search_lag_seconds", "For how long messages have waited to be found.", () => search.lag, "max");
  metrics.count("chat_search_events_total", "Events read for search.", () => search.worked);
  metrics.count(
    "chat_search_skipped_events_total",
    "Events that search has given up on; each is in the log.",
    () => search.skipped,
  );
  return {
    markDirty: (roomId) => search.markDirty(roomId),
    sweep: () => search.sweep(),
    close: () => search.close(),
  };
}
