// The session on this device: the stored token, and the chat that runs with it.
import { signal } from "@preact/signals";
import { type Chat, createChat, isSameSession, type OwnerProof } from "../../../sdk/index.ts";
import { scoped, serverUrl } from "./base.ts";
import { deleteDrafts } from "./drafts.ts";
import { listHref, replaceRoute } from "./route.ts";
import { storage } from "./storage.ts";

const LOGGED_OUT = "You’ve been logged out.";
const TOKEN_KEY = scoped("chat token");
const HAS_LOGGED_IN_KEY = scoped("chat visited");

/** Null while nobody is logged in. */
export const chat = signal<Chat | null>(null);
/** A notice for the login page, such as why the session ended, with the username to prefill. */
export const loginNotice = signal<{ text: string; username: string } | null>(null);

let token: string | null = null;
/** The user whose rooms the URL may name. */
let lastUserId: number | null = null;

/** Resumes the stored session, if any, and follows logins and logouts in other tabs. */
export function resumeSession() {
  open(storage.getItem(TOKEN_KEY));
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== TOKEN_KEY || newValue === token) return;
    if (newValue && token && isSameSession(newValue, token)) {
      // Renewed by another tab.
      token = newValue;
      chat.peek()?.setToken(newValue);
      return;
    }
    leave(newValue ? null : LOGGED_OUT);
    open(newValue);
  });
}

/** Starts a session with the token of a login. */
export function startSession(newToken: string) {
  storage.setItem(TOKEN_KEY, newToken);
  loginNotice.value = null;
  open(newToken);
}

/** Whether anyone has logged in on this device before. */
export const hasLoggedInBefore = () => storage.getItem(HAS_LOGGED_IN_KEY) !== null;

/** Ends the session on the server and deletes it here, with all drafts. Throws ChatError when the server can't be reached. */
export const logOut = () => leaveBy((running) => running.logout());

/** Deletes the account, and here what is left of it. Throws ChatError. */
export const deleteAccount = (proof: OwnerProof) => leaveBy(async (running) => (await running.account()).delete(proof));

async function leaveBy(end: (running: Chat) => Promise<void>) {
  const running = chat.peek();
  if (!running) return;
  const me = running.me.getSnapshot();
  // The other tabs leave first, so that they don't report an ended session.
  storage.setItem(TOKEN_KEY, "");
  try {
    await end(running);
  } catch (error) {
    storage.setItem(TOKEN_KEY, token ?? "");
    throw error;
  }
  if (me) deleteDrafts(me.id);
  replaceRoute(listHref("chats"));
}

/** Reconnects with the same session after the server has closed the connection permanently. */
export function reopen() {
  chat.peek()?.close();
  open(token);
}

function open(newToken: string | null) {
  token = newToken;
  if (!token) return;
  storage.setItem(HAS_LOGGED_IN_KEY, "1");
  const opened = createChat({
    url: serverUrl,
    token,
    storage,
    onToken(renewed) {
      if (chat.peek() !== opened) return;
      token = renewed;
      storage.setItem(TOKEN_KEY, renewed);
    },
  });
  opened.connection.subscribe(() => {
    const { state, reason } = opened.connection.getSnapshot();
    if (state !== "closed" || chat.peek() !== opened) return;
    if (reason === "logged_out") end(LOGGED_OUT);
    if (reason === "unauthorized")
      end(
        "Your session has ended. Log in again to continue; your drafts are saved.",
        opened.me.getSnapshot()?.username,
      );
  });
  const onMe = () => {
    const me = opened.me.getSnapshot();
    if (!me) return;
    if (lastUserId !== null && lastUserId !== me.id) replaceRoute(listHref("chats"));
    lastUserId = me.id;
  };
  opened.me.subscribe(onMe);
  onMe();
  chat.value = opened;
}

function end(message: string, username = "") {
  // Another tab may have started a session of its own meanwhile.
  if ([token, ""].includes(storage.getItem(TOKEN_KEY))) storage.removeItem(TOKEN_KEY);
  leave(message, username);
}

function leave(message: string | null, username = "") {
  const running = chat.peek();
  token = null;
  loginNotice.value = message === null ? null : { text: message, username };
  chat.value = null;
  running?.close();
}
