// Puts a chat together: one session, one connection, and the stores that it keeps up to date.
import { createApi } from "./api.ts";
import { BACKOFF } from "./backoff.ts";
import type { Chat, ChatOptions, IncomingMessage, ReportNotice } from "./chat-types.ts";
import { Connection } from "./connection/connection.ts";
import { closedError } from "./connection/pauses.ts";
import { Session } from "./connection/session.ts";
import type { WebSocketClass } from "./connection/socket.ts";
import { onWake } from "./connection/wake.ts";
import { safely } from "./debug.ts";
import { Emitter } from "./emitter.ts";
import { asChatError, ChatError, errorFrom } from "./errors.ts";
import { createBlocks } from "./features/blocks.ts";
import { createFriendRequests } from "./features/friend-requests.ts";
import { createFriends } from "./features/friends.ts";
import { createGroups } from "./features/groups.ts";
import { createInvites } from "./features/invites.ts";
import { createPeople, PeopleStores } from "./features/people.ts";
import { createPrivacy, createProfile } from "./features/profile.ts";
import { createSearch } from "./features/search.ts";
import { createSessions } from "./features/sessions.ts";
import { createFiles } from "./files/files.ts";
import { applyFrame, type FrameReducers } from "./frames.ts";
import { baseOf, createCall, defaultFetch, type Tokens } from "./http.ts";
import { newId } from "./id.ts";
import { Identity } from "./identity.ts";
import { Outbox } from "./outbox/outbox.ts";
import { ReadReceipts } from "./rooms/read-receipts.ts";
import type { RoomInfo } from "./rooms/room-info.ts";
import { Rooms } from "./rooms/rooms.ts";
import { PersistentStore } from "./storage.ts";
import type { Account, RoomEvent } from "./wire.ts";

// A mobile network may be silent for long and still be there; some proxies close what is idle for half a minute.
const HEARTBEAT_MS = 25_000;
// The server responds within 5 s even while its database is unavailable.
const RESPONSE_TIMEOUT_MS = 15_000;

/** Connects, and stays connected until `close`, `logout` or the end of the session. */
export function createChat(options: ChatOptions): Chat {
  const base = baseOf(options.url);
  const WebSocket = options.WebSocket ?? (globalThis as { WebSocket?: WebSocketClass }).WebSocket;
  if (!WebSocket)
    throw new Error("There is no WebSocket here: pass one as `WebSocket`, such as that of the package ws.");
  const debug = safely(options.debug);
  const backoff = { ...BACKOFF, ...options.backoff };
  const storageOf = (namespace: string) => new PersistentStore(options.storage ?? null, namespace);
  const messages = new Emitter<IncomingMessage>();
  const joins = new Emitter<RoomInfo>();
  const events = new Emitter<RoomEvent>();
  const reports = new Emitter<ReportNotice>();

  const session = new Session(options.token, {
    renewToken: options.renewToken ?? null,
    extend: () => sessions.renew(),
    backoff,
    onToken(token) {
      options.onToken?.(token);
      identity.persist();
      void connection.authenticate();
    },
  });
  const tokens: Tokens = {
    get token() {
      return session.token;
    },
    async replace(refused) {
      const isReplaced = !connection.closeReason && (await session.replace(refused));
      if (!isReplaced) connection.stop("unauthorized");
      return isReplaced;
    },
    assertOpen() {
      if (connection.isClosed) throw closedError();
    },
  };
  const call = createCall(options.fetch ?? defaultFetch, base, tokens, debug);
  const api = createApi(call);
  const sessions = createSessions(api);
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
      async resumePosition() {
        await identity.known();
        return rooms.resumePosition();
      },
      onFrame(frame) {
        if (rooms.applyEvent(frame)) events.emit(frame as RoomEvent);
        else applyFrame(reducers, frame);
      },
      onOpen() {
        outbox.flush();
        readReceipts.flush();
        for (const part of [identity, peopleStores, rooms, friends, requests, blocks, files]) part.onOpen();
      },
      onLost() {
        for (const part of [identity, peopleStores, outbox, rooms, friends]) part.onLost();
      },
      onClosed() {
        friends.onClosed();
        files.onClosed();
        stopWaking();
      },
    },
  );
  const identity = new Identity({
    api,
    policy: connection,
    storage: storageOf(base),
    token: () => session.token,
    onKnown({ id }) {
      const owner = `${base} ${id}`;
      const own = storageOf(owner);
      files.onKnown(owner, own);
      outbox.restore(own);
      readReceipts.restore(own);
    },
  });
  const me = identity.store.getSnapshot;
  const peopleStores = new PeopleStores(api, connection, (person) => {
    for (const part of [identity, rooms, friends]) part.setPerson(person);
  });
  const reads = { api, connection, people: peopleStores };

  const files = createFiles({
    api,
    base,
    fetch: options.fetch ?? null,
    tokens,
    policy: connection,
    storage: storageOf(base),
    uploadStorage: options.storage ? options.uploadStorage : (options.uploadStorage ?? null),
    untilMe: identity.known,
  });

  const outbox = new Outbox({
    connection,
    backoff,
    onChange: (room) => rooms.get(room).onUnsent(),
    onAcknowledged: (room, message) => rooms.get(room).onAcknowledged(message),
    files,
  });
  const readReceipts = new ReadReceipts({ connection, backoff });
  const rooms = new Rooms({
    ...reads,
    outbox,
    readReceipts,
    me,
    untilMe: identity.known,
    onMessage: (room, message) => messages.emit({ room: room.key, message, isLive: connection.isOpen }),
    onJoin: (info) => joins.emit(info),
  });
  const friends = createFriends(reads);
  const requests = createFriendRequests(reads, { meId: () => me()?.id, onAccepted: friends.refresh });
  const blocks = createBlocks(reads);
  const people = createPeople(api, peopleStores, base);
  const reducers: FrameReducers = {
    ...rooms.reducers,
    ...friends.reducers,
    ...requests.reducers,
    "user.updated": ({ data }) => peopleStores.update(data),
    "report.created": ({ data }) => reports.emit(data),
    "file.ready": ({ data }) => files.onSettled(data),
    "file.refused": ({ data }) => files.onSettled(data),
  };

  const readStream = async (path: string) =>
    (await import("./stream.ts")).readStream(
      { fetch: options.fetch ?? defaultFetch, base, tokens, asChatError, errorFrom },
      path,
    );

  const onAccount = (account: Account) => {
    identity.update(account);
    peopleStores.update(account);
  };

  /** Ends the session in this way, and forgets what is stored of it. */
  async function leave(end: () => Promise<unknown>) {
    connection.closeReason = "logged_out";
    try {
      await end();
    } catch (error) {
      connection.closeReason = null;
      throw error;
    }
    connection.stop("logged_out");
    outbox.clear();
    readReceipts.clear();
    identity.clear();
    await files.clear();
  }

  const wake = () => connection.wake();
  const stopWaking = onWake(wake);
  identity.restore();
  connection.connect();
  rooms.load();

  return {
    me: identity.store,
    connection: connection.store,
    rooms,
    room: (key) => rooms.get(key),
    onMessage: messages.on,
    onEvent: events.on,
    onJoin: joins.on,
    onReport: reports.on,
    async openConversation(userId) {
      const { conversation_id } = await call<{ conversation_id: number }>("POST", `/conversations/${userId}`);
      return rooms.untilListed(`conversation:${conversation_id}`);
    },
    listMentions: (cursor, kind) => api.page("/mentions", { cursor, kind }),
    searchUsers: people.search,
    search: createSearch(api),
    people,
    profile: createProfile(api, onAccount),
    account: async () =>
      (await import("./features/own-data.ts")).createOwnAccount(api, { readStream, onAccount, leave }),
    admin: async () => (await import("./features/administration.ts")).createAdministration(api, readStream),
    privacy: createPrivacy(api),
    friends: friends.friends,
    presence: friends.presence,
    requests: requests.requests,
    blocks: blocks.blocks,
    groups: createGroups(api, rooms),
    invites: createInvites(api, rooms),
    report: (report) => api.one("POST", "/reports", { ...report, client_id: newId() }),
    files: files.files,
    sessions,
    changePassword: (current_password, new_password, code) =>
      api.run("PUT", "/me/password", { current_password, new_password, code }),
    changeEmail: (email, current_password, code) => api.run("PUT", "/me/email", { email, current_password, code }),
    identities: async () => (await import("./features/identities.ts")).createIdentities(api),
    factors: async () => (await import("./features/factors.ts")).createFactors(api, ChatError),
    integrations: async () => (await import("./features/integrations.ts")).createIntegrations(api, newId),
    requestVerification: () => api.run("POST", "/me/email/verification"),
    setToken: (token) => session.setToken(token),
    reconnect: wake,
    logout: () =>
      leave(async () => {
        try {
          await api.run("POST", "/logout");
        } catch (error) {
          // It may have ended already.
          if (!["unauthorized", "closed"].includes(asChatError(error).code)) throw error;
        }
      }),
    close: () => connection.stop("closed"),
  };
}
