// Hooks over the SDK's stores, for React 18 and newer. docs/sdk.md is the guide.
import { createContext, createElement, type ReactNode, useContext, useSyncExternalStore } from "react";
import type {
  Account,
  Chat,
  ConnectionState,
  Presence,
  RoomKey,
  RoomSnapshot,
  RoomStore,
  RoomsSnapshot,
  Store,
} from "../sdk/index.ts";

const ChatContext = createContext<Chat | null>(null);

/** Gives a chat to the components below. Whoever created the chat closes it. */
export const ChatProvider = ({ chat, children }: { chat: Chat; children?: ReactNode }) =>
  createElement(ChatContext.Provider, { value: chat }, children);

/** The chat of the nearest `ChatProvider`. Throws without one. */
export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error("useChat needs a <ChatProvider chat={…}> above it");
  return chat;
}

/**
 * The state of any of the SDK's stores; the component renders again when it changes. `select` picks a part of it, and then only
 * a change of that part counts: it must return the same object for the same state.
 */
export function useStore<T>(store: Store<T>): T;
export function useStore<T, Part>(store: Store<T>, select: (state: T) => Part): Part;
export function useStore<T>(store: Store<T>, select: (state: T) => unknown = (state) => state) {
  const read = () => select(store.getSnapshot());
  return useSyncExternalStore(store.subscribe, read, read);
}

/** Whose session this is; null until the server has said. */
export const useMe = (): Account | null => useStore(useChat().me);

export const useConnection = (): ConnectionState => useStore(useChat().connection);

/** All conversations and groups, newest activity first. */
export const useRooms = (): RoomsSnapshot => useStore(useChat().rooms);

/** A room's state, and the room itself to send with. Its messages are read when the first component uses it. */
export function useRoom(key: RoomKey): [RoomSnapshot, RoomStore] {
  const room = useChat().room(key);
  return [useStore(room), room];
}

/** A friend's presence; undefined of anyone else, and without a connection. */
export const usePresence = (userId: number): Presence | undefined =>
  useStore(useChat().presence, (people) => people[userId]);
