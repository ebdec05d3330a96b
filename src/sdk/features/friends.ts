// Friends, and which of them are online.
import type { FrameReducers } from "../frames.ts";
import { type Store, ValueStore } from "../store.ts";
import type { Friend, Person } from "../wire.ts";
import { type ListStore, LiveList, type Reads, readAll } from "./live-list.ts";

export interface Presence {
  online: boolean;
  last_seen_at: string | null;
}

export interface Friends extends ListStore<Friend> {
  remove(userId: number): Promise<void>;
}

/** By user id. */
export type PresenceStore = Store<Readonly<Record<number, Presence>>>;

// A connection that is back within this time changes nothing for anyone.
const GRACE_MS = 3_000;

/** Servers may tell of changes in another order. Timestamps sort as text; one that is not shown (any more) is not older. */
const isOlder = (a: Presence, b: Presence) => a.last_seen_at !== null && a.last_seen_at < (b.last_seen_at ?? "");

const asOffline = (friend: Friend): Friend => (friend.online ? { ...friend, online: false } : friend);

export function createFriends(reads: Reads) {
  const { api, connection } = reads;
  const presence = new ValueStore<Readonly<Record<number, Presence>>>({});
  /** Changes since the list was last requested. */
  let changes: Record<number, Presence> = {};
  /** Runs from the loss of the connection until it is back. */
  let grace: ReturnType<typeof setTimeout> | undefined;

  const list = new LiveList<Friend>(connection, async () => {
    changes = {};
    const friends = await readAll<Friend>(reads, "/friends", (friend) => friend);
    const items = friends.map((friend) => {
      const change = changes[friend.id];
      return change && !isOlder(change, friend) ? { ...friend, ...change } : friend;
    });
    // Without a connection, no event would report a change.
    if (!connection.isOpen) return items.map(asOffline);
    presence.set(Object.fromEntries(items.map(({ id, online, last_seen_at }) => [id, { online, last_seen_at }])));
    return items;
  });

  const forgetPresence = () => {
    presence.set({});
    list.update((items) => items.map(asOffline), false);
  };

  const reducers: FrameReducers<"presence" | "friend.removed"> = {
    presence({ data: { user_id, ...now } }) {
      const known = presence.getSnapshot()[user_id];
      if (known && isOlder(now, known)) return;
      changes[user_id] = now;
      presence.set({ ...presence.getSnapshot(), [user_id]: now });
      list.update((items) => items.map((friend) => (friend.id === user_id ? { ...friend, ...now } : friend)), false);
    },
    "friend.removed"({ data: { user_id } }) {
      const { [user_id]: _, ...others } = presence.getSnapshot();
      presence.set(others);
      list.remove(user_id);
    },
  };

  /** A friend shows something else of themselves; what they show no longer is left out of `person`. */
  const setPerson = (person: Person) =>
    list.update((items) =>
      items.map((friend) => {
        if (friend.id !== person.id) return friend;
        const { friends_since, online, last_seen_at } = friend;
        return { ...person, friends_since, online, last_seen_at };
      }),
    );

  const friends: Friends = { ...list.asStore(), remove: (userId) => api.run("DELETE", `/friends/${userId}`) };
  const presenceStore: PresenceStore = {
    getSnapshot: presence.getSnapshot,
    subscribe(listener) {
      list.load();
      return presence.subscribe(listener);
    },
  };

  return {
    friends,
    presence: presenceStore,
    reducers,
    setPerson,
    refresh: () => list.refresh(),
    onOpen() {
      clearTimeout(grace);
      grace = undefined;
      list.refresh();
    },
    /** Called again after each failed attempt to reconnect. */
    onLost() {
      grace ??= setTimeout(forgetPresence, GRACE_MS);
    },
    onClosed() {
      clearTimeout(grace);
      forgetPresence();
    },
  };
}
