// A list of the user's that is read when someone first looks, then kept up to date by events, and read again after each lost
// connection: none of its events are replayed.
import type { Api } from "../api.ts";
import { retry } from "../backoff.ts";
import type { Connection } from "../connection/connection.ts";
import { asChatError, type ChatError } from "../errors.ts";
import { DerivedStore, type Store } from "../store.ts";
import type { Person } from "../wire.ts";
import type { PeopleStores } from "./people.ts";

export interface ListSnapshot<Item> {
  items: readonly Item[];
  /** Whether the list has been read; until then an empty one says nothing. */
  isLoaded: boolean;
  error: ChatError | null;
}

export interface ListStore<Item> extends Store<ListSnapshot<Item>> {
  /** Reads the list without subscribing to it. */
  load(): void;
}

/** What lists are read by. */
export interface Reads {
  api: Api;
  connection: Connection;
  /** Takes over the people in them. */
  people: PeopleStores;
}

/** All items of a list that comes in pages; `personOf` returns whom an item is about. */
export async function readAll<Item>(
  { api, connection, people }: Reads,
  path: string,
  personOf: (item: Item) => Person,
  query: { direction?: string } = {},
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const from: { cursor: string | null } = { cursor };
    const learn = people.learner();
    const page = await retry(connection, () => api.page<Item>(path, { ...query, ...from }));
    learn(page.data.map(personOf));
    items.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}

export class LiveList<Item extends { id: number }> extends DerivedStore<ListSnapshot<Item>> implements ListStore<Item> {
  readonly #connection: Connection;
  readonly #read: () => Promise<Item[]>;
  #items: readonly Item[] = [];
  #isLoaded = false;
  #isWanted = false;
  #error: ChatError | null = null;
  #isReading = false;
  #isOutdated = false;

  constructor(connection: Connection, read: () => Promise<Item[]>) {
    super();
    this.#connection = connection;
    this.#read = read;
  }

  /** Reads the list if it has not been read: now, or as soon as events keep it up to date. */
  readonly load = () => {
    this.#isWanted = true;
    if (!this.#isLoaded && this.#connection.isOpen) void this.#reload();
  };

  /** Reads the list again if anyone has looked at it. */
  refresh() {
    if (this.#isWanted) void this.#reload();
  }

  /** Changes the items. With `outdates`, a request in flight may return older ones, and is made again. */
  update(change: (items: readonly Item[]) => readonly Item[], outdates = true) {
    this.#isOutdated ||= outdates;
    this.#items = change(this.#items);
    this.changed();
  }

  put(item: Item) {
    this.update((items) => [item, ...items.filter(({ id }) => id !== item.id)]);
  }

  remove(id: number) {
    this.update((items) => items.filter((item) => item.id !== id));
  }

  /** What a user interface sees of it. */
  asStore(): ListStore<Item> {
    const { subscribe, getSnapshot, load } = this;
    return { subscribe, getSnapshot, load };
  }

  protected override onSubscribe() {
    this.load();
  }

  protected build() {
    return { items: this.#items, isLoaded: this.#isLoaded, error: this.#error };
  }

  async #reload() {
    this.#isOutdated = true;
    if (this.#isReading) return;
    this.#isReading = true;
    this.#error = null;
    try {
      while (this.#isOutdated) {
        this.#isOutdated = false;
        this.#items = await this.#read();
        this.#isLoaded = true;
        this.changed();
      }
    } catch (error) {
      this.#error = asChatError(error);
      this.changed();
    }
    this.#isReading = false;
  }
}
