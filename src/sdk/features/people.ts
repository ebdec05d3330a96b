// What people show of themselves, one store a person: filled by the lists that bring it, read in batches for those that somebody
// looks at, and kept up to date by events. None of these is replayed, so it is read again after each lost connection.
import { PEOPLE_LIMIT } from "../../protocol/limits.ts";
import type { Api } from "../api.ts";
import { retry } from "../backoff.ts";
import { LONGEST_TIMER_MS } from "../clock.ts";
import type { Connection } from "../connection/connection.ts";
import { type Store, ValueStore } from "../store.ts";
import type { Page, Person } from "../wire.ts";

export interface People {
  /**
   * What this person shows; null until it is known, and for those whom the user has nothing to do with. It is read when somebody
   * subscribes, and kept up to date from then on. A status is left out once it has ended.
   */
  of(userId: number): Store<Person | null>;
  /** One person. Throws ChatError: `not_found`. */
  get(idOrName: number | string): Promise<Person>;
  /** People whose username begins with the query. Throws ChatError. */
  search(query: string, cursor?: string | null): Promise<Page<Person>>;
  /** The address of a person's picture, which may be cached for good; null for one without. */
  avatarUrl(person: Pick<Person, "id" | "avatar">): string | null;
}

/** Takes over people as a request returned them, unless they have changed since it began. */
export type Learn = (people: readonly Person[]) => void;

/** The name to show. It may be anybody's: the username is unique. */
export const nameOf = ({ display_name, username }: Pick<Person, "display_name" | "username">): string =>
  display_name ?? username;

const withoutEnded = (status: Person["status"]) =>
  status?.until !== undefined && Date.parse(status.until) <= Date.now() ? undefined : status;

class PersonStore extends ValueStore<Person | null> {
  /** Whether events have kept it up to date since it was read. */
  isCurrent = false;
  /** The event, or the begin of the request, that it is from, by the count of `PeopleStores`. */
  takenAt = 0;
  #endTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    protected override readonly onSubscribe: () => void,
    readonly onStatusEnd: (person: Person) => void,
  ) {
    super(null);
  }

  /** Returns whether anything is different. Fields of a list that are not a person's are left out. */
  take({ id, username, display_name, avatar, status: given, deleted }: Person): boolean {
    const status = withoutEnded(given);
    const person: Person = {
      id,
      username,
      ...(display_name !== undefined && { display_name }),
      ...(avatar !== undefined && { avatar }),
      ...(status && { status }),
      ...(deleted && { deleted }),
    };
    clearTimeout(this.#endTimer);
    // No event reports the end of a status.
    if (status?.until) {
      const left = Math.min(Date.parse(status.until) - Date.now(), LONGEST_TIMER_MS);
      this.#endTimer = setTimeout(() => {
        if (this.take(person)) this.onStatusEnd(this.getSnapshot()!);
      }, left);
      (this.#endTimer as { unref?: () => void }).unref?.();
    }
    if (JSON.stringify(person) === JSON.stringify(this.getSnapshot())) return false;
    this.set(person);
    return true;
  }
}

export class PeopleStores {
  readonly #api: Api;
  readonly #connection: Connection;
  readonly #onChange: (person: Person) => void;
  readonly #byId = new Map<number, PersonStore>();
  readonly #wanted = new Set<number>();
  #isReading = false;
  /** Counts events and requests, to tell which came first. */
  #count = 0;
  /** Counts connections. */
  #connections = 0;

  constructor(api: Api, connection: Connection, onChange: (person: Person) => void) {
    this.#api = api;
    this.#connection = connection;
    this.#onChange = onChange;
  }

  of(userId: number): PersonStore {
    let store = this.#byId.get(userId);
    if (!store) {
      store = new PersonStore(() => this.#want(userId), this.#onChange);
      this.#byId.set(userId, store);
    }
    return store;
  }

  /** A request begins: pass what it returns. Whose list it is shows the people as they came until they change. */
  learner(isList = true): Learn {
    const begun = ++this.#count;
    const connection = this.#connections;
    return (people) => {
      for (const person of people) {
        const store = this.of(person.id);
        if (store.takenAt > begun) continue;
        store.takenAt = begun;
        store.isCurrent = this.#connection.isOpen && connection === this.#connections;
        const wasKnown = store.getSnapshot() !== null;
        if (store.take(person) && (wasKnown || !isList)) this.#onChange(store.getSnapshot()!);
      }
    };
  }

  /** Somebody shows something else of themselves. */
  update(person: Person) {
    const store = this.of(person.id);
    store.takenAt = ++this.#count;
    store.isCurrent = true;
    // It comes once for each room in common.
    if (store.take(person)) this.#onChange(store.getSnapshot()!);
  }

  onOpen() {
    for (const [id, store] of this.#byId) if (store.hasSubscribers) this.#want(id);
  }

  onLost() {
    this.#connections++;
    for (const store of this.#byId.values()) store.isCurrent = false;
  }

  #want(userId: number) {
    if (this.of(userId).isCurrent || !this.#connection.isOpen) return;
    this.#wanted.add(userId);
    if (this.#isReading) return;
    this.#isReading = true;
    // After all that a user interface shows at once has subscribed.
    setTimeout(() => void this.#read(), 0);
  }

  async #read() {
    while (this.#wanted.size > 0) {
      const ids = [...this.#wanted].slice(0, PEOPLE_LIMIT);
      for (const id of ids) this.#wanted.delete(id);
      const connection = this.#connections;
      try {
        const learn = this.learner(false);
        const { data } = await retry(this.#connection, () => this.#api.page<Person>("/users", { ids: ids.join(",") }));
        learn(data);
      } catch {
        // A server that knows no profiles, or the chat is closed: what lists bring is all there is.
      }
      // Who isn't returned is asked for once a connection.
      if (connection === this.#connections) for (const id of ids) this.of(id).isCurrent = true;
    }
    this.#isReading = false;
  }
}

export const createPeople = (api: Api, stores: PeopleStores, base: string): People => ({
  of: (userId) => stores.of(userId),
  async get(idOrName) {
    const learn = stores.learner();
    const person = await api.one<Person>("GET", `/users/${encodeURIComponent(idOrName)}`);
    learn([person]);
    return person;
  },
  async search(query, cursor) {
    const learn = stores.learner();
    const page = await api.page<Person>("/users", { query, cursor });
    learn(page.data);
    return page;
  },
  avatarUrl: ({ id, avatar }) => (avatar === undefined ? null : `${base}/avatars/${id}/${encodeURIComponent(avatar)}`),
});
