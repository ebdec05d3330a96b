// Friends with their presence, friend requests and blocks: read when somebody first looks, then kept up by events, and read
// anew after each cut, for none of this is replayed.
import type { Api } from "../api.ts";
import { type RetryPolicy, retry } from "../backoff.ts";
import type { Connection } from "../connection/connection.ts";
import { asChatError, type ChatError } from "../errors.ts";
import { DerivedStore, ValueStore } from "../store.ts";
import type { Block, Friend, FriendRequest, Page, ServerFrame } from "../wire.ts";

export interface ListSnapshot<Item> {
  items: readonly Item[];
  /** Whether the list has been read; until then an empty one says nothing. */
  isLoaded: boolean;
  error: ChatError | null;
}

/** All of a list that comes in pages. */
async function readAll<Item>(policy: RetryPolicy, read: (cursor: string | null) => Promise<Page<Item>>) {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const at: string | null = cursor;
    const page: Page<Item> = await retry(policy, () => read(at));
    items.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}

class LiveList<Item extends { id: number }> extends DerivedStore<ListSnapshot<Item>> {
  protected items: readonly Item[] = [];
  private isLoaded = false;
  private isWanted = false;
  private error: ChatError | null = null;
  private isReading = false;
  private isOutdated = false;

  constructor(
    private readonly connection: Connection,
    private readonly read: () => Promise<Item[]>,
  ) {
    super();
  }

  /** Reads the list, if nobody has looked at it yet: now, or as soon as events follow it. */
  load() {
    this.isWanted = true;
    if (!this.isLoaded && this.connection.isOpen) void this.reload();
  }

  /** Reads it anew, if anybody has looked at it. */
  refresh() {
    if (this.isWanted) void this.reload();
  }

  /** Changes what is there; with `outdates` a reading that is under way may be older, and is done again. */
  patch(change: (items: readonly Item[]) => readonly Item[], outdates = true) {
    this.isOutdated ||= outdates;
    this.items = change(this.items);
    this.changed();
  }

  put(item: Item) {
    this.patch((items) => [item, ...items.filter(({ id }) => id !== item.id)]);
  }

  drop(id: number) {
    this.patch((items) => items.filter((item) => item.id !== id));
  }

  protected override onSubscribe() {
    this.load();
  }

  protected build() {
    return { items: this.items, isLoaded: this.isLoaded, error: this.error };
  }

  private async reload() {
    this.isOutdated = true;
    if (this.isReading) return;
    this.isReading = true;
    this.error = null;
    try {
      while (this.isOutdated) {
        this.isOutdated = false;
        this.items = await this.read();
        this.isLoaded = true;
        this.changed();
      }
    } catch (error) {
      this.error = asChatError(error);
      this.changed();
    }
    this.isReading = false;
  }
}

export type { LiveList };

// A connection that is back within this time is no news to anybody.
const GRACE_MS = 3_000;

export interface Presence {
  online: boolean;
  last_seen_at: string | null;
}

const asOffline = (friend: Friend): Friend => (friend.online ? { ...friend, online: false } : friend);

export type People = ReturnType<typeof createPeople>;

export function createPeople(api: Api, connection: Connection, meId: () => number | undefined) {
  const presence = new ValueStore<Readonly<Record<number, Presence>>>({});
  /** Who has come or gone since the friends were last asked for. */
  let news: Record<number, Presence> = {};
  /** Runs from the loss of the connection until it is back. */
  let grace: ReturnType<typeof setTimeout> | undefined;
  const friends = new LiveList<Friend>(connection, async () => {
    news = {};
    const items = (await readAll(connection, api.friends)).map((friend) => ({ ...friend, ...news[friend.id] }));
    // Nobody would tell when it changes.
    if (!connection.isOpen) return items.map(asOffline);
    presence.set(Object.fromEntries(items.map(({ id, online, last_seen_at }) => [id, { online, last_seen_at }])));
    return items;
  });
  const requests = (direction: "incoming" | "outgoing") =>
    new LiveList<FriendRequest>(connection, () => readAll(connection, (cursor) => api.requests(direction, cursor)));
  const incoming = requests("incoming");
  const outgoing = requests("outgoing");
  const blocks = new LiveList<Block>(connection, () => readAll(connection, api.blocks));
  const lists = [friends, incoming, outgoing, blocks];

  const onRequest = (request: FriendRequest) => {
    const isOwn = request.sender.id === meId();
    if (request.status === "pending") (isOwn ? outgoing : incoming).put(request);
    else forget(request);
    if (request.status === "accepted") friends.refresh();
  };
  const forget = ({ id }: FriendRequest) => {
    incoming.drop(id);
    outgoing.drop(id);
  };

  /** Who is online is not known any more. */
  const forgetPresence = () => {
    presence.set({});
    friends.patch((items) => items.map(asOffline), false);
  };

  return {
    friends,
    incoming,
    outgoing,
    blocks,
    presence,
    onRequest,
    onFrame(frame: ServerFrame) {
      if (frame.type === "presence") {
        const { user_id, ...now } = frame.data;
        news[user_id] = now;
        presence.set({ ...presence.getSnapshot(), [user_id]: now });
        friends.patch(
          (items) => items.map((friend) => (friend.id === user_id ? { ...friend, ...now } : friend)),
          false,
        );
      } else if (frame.type === "friend.removed") {
        const { [frame.data.user_id]: _, ...others } = presence.getSnapshot();
        presence.set(others);
        friends.drop(frame.data.user_id);
      } else if (frame.type === "friend.cancelled") forget(frame.data);
      else if (
        frame.type === "friend.requested" ||
        frame.type === "friend.accepted" ||
        frame.type === "friend.declined"
      )
        onRequest(frame.data);
    },
    /** After a cut: what has happened meanwhile is not told. */
    onOpen() {
      clearTimeout(grace);
      grace = undefined;
      for (const list of lists) list.refresh();
    },
    /** Also after each try in vain. */
    onLost() {
      grace ??= setTimeout(forgetPresence, GRACE_MS);
    },
    onClosed() {
      clearTimeout(grace);
      forgetPresence();
    },
  };
}
