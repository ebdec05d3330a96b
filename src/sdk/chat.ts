// A chat: one session, one connection, and the stores that are kept up by it.
import { defaultFetch } from "./account.ts";
import { createApi } from "./api.ts";
import { BACKOFF, type Backoff, retry } from "./backoff.ts";
import { Connection, type WebSocketClass } from "./connection/connection.ts";
import { type RenewToken, Session } from "./connection/session.ts";
import type { ConnectionState } from "./connection/state.ts";
import { type Debug, safely } from "./debug.ts";
import { asChatError, ChatError } from "./errors.ts";
import { createPeople, type ListSnapshot, type Presence } from "./features/people.ts";
import { baseOf, createCall, type FetchLike } from "./http.ts";
import { Outbox } from "./outbox/outbox.ts";
import type { StoredMessage } from "./rooms/message.ts";
import { ReadReceipts } from "./rooms/read-receipts.ts";
import type { RoomStore } from "./rooms/room.ts";
import type { RoomInfo } from "./rooms/room-info.ts";
import { Rooms, type RoomsSnapshot } from "./rooms/rooms.ts";
import { fingerprintOf, PersistentStore, type StorageLike } from "./storage.ts";
import { callSafely, type Store, ValueStore } from "./store.ts";
import type { Account, Ban, Block, Friend, FriendRequest, Group, Page, Person, Role, RoomKey } from "./wire.ts";

export interface ChatOptions {
  /** Where the server is, such as `https://chat.example.org`; in a browser `/` is the page's own. */
  url: string;
  /** From `signIn`. */
  token: string;
  /** Called before the token ends, and when it is refused: answers a new one of the same user, or null. */
  renewToken?: RenewToken;
  /** Keeps unsent messages over a page reload, such as `localStorage`. */
  storage?: StorageLike | null | undefined;
  /** For runtimes without one, such as that of the package `ws` on Node 20. */
  WebSocket?: WebSocketClass;
  fetch?: FetchLike;
  /** How long to wait between two tries. */
  backoff?: Partial<Backoff>;
  heartbeatMs?: number;
  responseTimeoutMs?: number;
  /** Called with each state of the connection, each frame and each HTTP call; tokens are left out. */
  debug?: Debug;
}

/** A message of somebody else's that has just come. */
export interface IncomingMessage {
  room: RoomKey;
  message: StoredMessage;
  /** False for one that came while we were away. */
  isLive: boolean;
}

type GroupChange = { name?: string; description?: string };

/** A list that is read when somebody first looks, and kept up by events. */
export interface ListStore<Item> extends Store<ListSnapshot<Item>> {
  /** Reads the list without watching it. */
  load(): void;
}

export interface Chat {
  /** Whose session this is; null until the server has said. */
  me: Store<Account | null>;
  connection: Store<ConnectionState>;
  rooms: Store<RoomsSnapshot>;
  /** The store of a room; the same one for the same key. */
  room(key: RoomKey): RoomStore;
  /** Calls the listener for each message of somebody else's, until the answered function is called. */
  onMessage(listener: (message: IncomingMessage) => void): () => void;
  /** Calls the listener with each room that has just become the user's, by themselves or by others, until the answered function is called. */
  onJoin(listener: (room: RoomInfo) => void): () => void;

  /** The conversation with somebody, made if there is none. */
  openConversation(userId: number): Promise<RoomStore>;
  searchUsers(query: string, cursor?: string | null): Promise<Page<Person>>;
  friends: ListStore<Friend> & { remove(userId: number): Promise<void> };
  /** Of friends, by user id; empty while there is no connection that would tell. */
  presence: Store<Readonly<Record<number, Presence>>>;
  requests: {
    incoming: ListStore<FriendRequest>;
    outgoing: ListStore<FriendRequest>;
    /** To a user id or a username. The answer's status is `accepted` when the other side has asked already. */
    send(idOrName: number | string): Promise<FriendRequest>;
    accept(requestId: number): Promise<void>;
    decline(requestId: number): Promise<void>;
    cancel(requestId: number): Promise<void>;
  };
  blocks: ListStore<Block> & { add(userId: number): Promise<void>; remove(userId: number): Promise<void> };
  groups: {
    create(group: { name: string; description?: string; is_private?: boolean }): Promise<RoomStore>;
    /** Those that anyone may join. */
    listPublic(cursor?: string | null): Promise<Page<Group>>;
    /** Those of them with a word in their name for each of the query's that begins with it. */
    searchPublic(query: string, cursor?: string | null): Promise<Page<Group>>;
    get(groupId: number): Promise<Group>;
    join(groupId: number): Promise<RoomStore>;
    leave(groupId: number): Promise<void>;
    update(groupId: number, change: GroupChange): Promise<void>;
    setVisibility(groupId: number, isPrivate: boolean): Promise<void>;
    delete(groupId: number): Promise<void>;
    addMember(groupId: number, userId: number): Promise<void>;
    removeMember(groupId: number, userId: number): Promise<void>;
    /** `owner` hands the group over; the old owner becomes an admin. */
    setRole(groupId: number, userId: number, role: Role): Promise<void>;
    /** `until` is an ISO 8601 moment; left out, it stands until someone unmutes. */
    mute(groupId: number, userId: number, until?: string | null): Promise<void>;
    unmute(groupId: number, userId: number): Promise<void>;
    /** Removes somebody and keeps them out, until an ISO 8601 moment or until the ban is lifted. */
    ban(groupId: number, userId: number, ban?: { reason?: string; until?: string | null }): Promise<void>;
    liftBan(groupId: number, userId: number): Promise<void>;
    /** The bans that stand, newest first; for an admin or the owner. */
    listBans(groupId: number, cursor?: string | null): Promise<Page<Ban>>;
  };

  changePassword(currentPassword: string, newPassword: string): Promise<void>;
  /** Goes on with another token of the same user. */
  setToken(token: string): void;
  /** Tries at once instead of waiting on. */
  reconnect(): void;
  /** Ends the session, and forgets what was kept on this device. Throws ChatError when the server can't be reached. */
  logout(): Promise<void>;
  /** Ends the connection and keeps the session; unsent messages stay in the storage. */
  close(): void;
}

// A phone's network is silent for long without being gone; past half a minute some drop what is idle.
const HEARTBEAT_MS = 25_000;
// The server answers within 5 s even while its database is away.
const RESPONSE_TIMEOUT_MS = 15_000;

/** Connects, and keeps connected until `close`, `logout` or the end of the session. */
export function createChat(options: ChatOptions): Chat {
  const base = baseOf(options.url);
  const WebSocket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketClass }).WebSocket;
  if (!WebSocket)
    throw new Error("There is no WebSocket here: hand one in as `WebSocket`, such as that of the package ws.");
  const debug = safely(options.debug);
  const backoff = { ...BACKOFF, ...options.backoff };
  const storage = new PersistentStore(options.storage ?? null, base);
  const me = new ValueStore<Account | null>(null);
  const listeners = new Set<(message: IncomingMessage) => void>();
  const joinListeners = new Set<(room: RoomInfo) => void>();

  const session = new Session(options.token, {
    renewToken: options.renewToken ?? null,
    backoff,
    onToken(token) {
      rememberMe(token);
      void connection.authenticate();
    },
  });

  const call = createCall(
    options.fetch ?? defaultFetch,
    base,
    {
      get token() {
        return session.token;
      },
      async replace(refused) {
        const isThere = !connection.closeReason && (await session.replace(refused));
        if (!isThere) connection.stop("unauthorized");
        return isThere;
      },
      assertOpen() {
        if (connection.isClosed) throw new ChatError("closed", "The chat is closed.");
      },
    },
    debug,
  );
  const api = createApi(call);

  const connection = new Connection(
    {
      url: `${base.replace(/^http/, "ws")}/ws?resume=1`,
      WebSocket,
      backoff,
      heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
      responseTimeoutMs: options.responseTimeoutMs ?? RESPONSE_TIMEOUT_MS,
      debug,
    },
    session,
    {
      async positions() {
        await untilMe();
        return rooms.positions();
      },
      onFrame(frame) {
        if (!rooms.onFrame(frame)) people.onFrame(frame);
      },
      onOpen() {
        outbox.pump();
        readReceipts.pump();
        rooms.onOpen();
        people.onOpen();
      },
      onLost() {
        outbox.onLost();
        rooms.onLost();
        people.onLost();
      },
      onClosed() {
        people.onClosed();
        stopListening();
      },
    },
  );
  const outbox = new Outbox({
    connection,
    backoff,
    events: {
      onChange: (room) => rooms.get(room).onUnsent(),
      onSent: (room, message) => rooms.get(room).onSent(message),
    },
  });
  const readReceipts = new ReadReceipts({ connection, backoff });
  const people = createPeople(api, connection, () => me.getSnapshot()?.id);
  const rooms = new Rooms(
    {
      api,
      connection,
      outbox,
      readReceipts,
      me: me.getSnapshot,
      untilMe: () => untilMe(),
      onMessage(room, message) {
        const incoming = { room: room.key, message, isLive: connection.isOpen };
        for (const listener of [...listeners]) callSafely(() => listener(incoming));
      },
      onJoin(info) {
        for (const listener of [...joinListeners]) callSafely(() => listener(info));
      },
    },
    api,
  );

  const setMe = (account: Account) => {
    me.set(account);
    const own = new PersistentStore(options.storage ?? null, `${base} ${account.id}`);
    outbox.restore(own);
    readReceipts.restore(own);
  };
  /** So that the next page knows whose messages it finds, even while offline. */
  function rememberMe(token: string) {
    const account = me.getSnapshot();
    if (account && options.storage) storage.write("me", { of: fingerprintOf(token), account });
  }
  let asking: Promise<void> | null = null;
  /** Resolves once it is known whose session this is. */
  const untilMe = async () => {
    if (me.getSnapshot()) return;
    asking ??= retry(connection, api.me)
      .then((account) => {
        setMe(account);
        rememberMe(session.token);
      })
      .finally(() => {
        asking = null;
      });
    await asking;
  };

  const wake = () => connection.wake();
  const onVisible = () => {
    const page = globalThis as { document?: { visibilityState: string } };
    if (page.document?.visibilityState === "visible") wake();
  };
  const page = globalThis as { addEventListener?: unknown; document?: unknown } as Partial<EventTarget> & {
    document?: EventTarget;
  };
  page.addEventListener?.("online", wake);
  page.document?.addEventListener("visibilitychange", onVisible);
  const stopListening = () => {
    page.removeEventListener?.("online", wake);
    page.document?.removeEventListener("visibilitychange", onVisible);
  };

  const known = storage.read<{ of: string; account: Account }>("me");
  if (known?.of === fingerprintOf(session.token)) setMe(known.account);
  connection.connect();
  rooms.load();

  const done = async (work: Promise<unknown>) => void (await work);
  const { friends, incoming, outgoing, blocks, presence } = people;
  const bound = <Item>(list: ListStore<Item>): ListStore<Item> => ({
    subscribe: list.subscribe,
    getSnapshot: list.getSnapshot,
    load: () => list.load(),
  });

  return {
    me,
    connection: connection.store,
    rooms,
    presence: {
      getSnapshot: presence.getSnapshot,
      subscribe(listener) {
        friends.load();
        return presence.subscribe(listener);
      },
    },
    room: (key) => rooms.get(key),
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onJoin(listener) {
      joinListeners.add(listener);
      return () => joinListeners.delete(listener);
    },
    async openConversation(userId) {
      return rooms.untilListed(`conversation:${await api.openConversation(userId)}`);
    },
    searchUsers: api.searchUsers,
    friends: { ...bound(friends), remove: api.removeFriend },
    requests: {
      incoming: bound(incoming),
      outgoing: bound(outgoing),
      send: async (idOrName) => {
        const request = await api.requestFriend(idOrName);
        people.onRequest(request);
        return request;
      },
      accept: async (requestId) => people.onRequest(await api.answerRequest(requestId, "accept")),
      decline: async (requestId) => people.onRequest(await api.answerRequest(requestId, "decline")),
      cancel: async (requestId) => {
        await api.cancelRequest(requestId);
        outgoing.drop(requestId);
      },
    },
    blocks: {
      ...bound(blocks),
      add: async (userId) => blocks.put(await api.block(userId)),
      remove: async (userId) => {
        await api.unblock(userId);
        blocks.drop(userId);
      },
    },
    groups: {
      create: async (group) => rooms.adopt(await api.createGroup(group)),
      listPublic: api.publicGroups,
      searchPublic: api.searchGroups,
      get: api.group,
      join: async (groupId) => rooms.adopt(await api.joinGroup(groupId)),
      leave: api.leaveGroup,
      update: (groupId, change) => done(api.updateGroup(groupId, change)),
      setVisibility: (groupId, isPrivate) => done(api.setVisibility(groupId, isPrivate)),
      delete: api.deleteGroup,
      addMember: (groupId, userId) => done(api.addMember(groupId, userId)),
      removeMember: api.removeMember,
      setRole: (groupId, userId, role) => done(api.setRole(groupId, userId, role)),
      mute: (groupId, userId, until = null) => done(api.mute(groupId, userId, until)),
      unmute: (groupId, userId) => done(api.unmute(groupId, userId)),
      ban: (groupId, userId, ban = {}) => done(api.ban(groupId, userId, ban)),
      liftBan: api.liftBan,
      listBans: api.bans,
    },
    changePassword: api.changePassword,
    setToken: (token) => session.use(token),
    reconnect: wake,
    async logout() {
      connection.closeReason = "logged_out";
      try {
        await api.logout();
      } catch (error) {
        // It may have ended already.
        if (!["unauthorized", "closed"].includes(asChatError(error).code)) {
          connection.closeReason = null;
          throw error;
        }
      }
      connection.stop("logged_out");
      outbox.clear();
      readReceipts.clear();
      storage.write("me", null);
    },
    close: () => connection.stop("closed"),
  };
}
