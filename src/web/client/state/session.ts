// Who is logged in on this device: the token that is kept, and the chat that runs on it.
import { signal } from "@preact/signals";
import { type Chat, createChat } from "../../../sdk/index.ts";
import { scoped, serverUrl } from "./base.ts";
import { deleteDrafts } from "./drafts.ts";
import { listHref, moveTo } from "./route.ts";
import { storage } from "./storage.ts";

const TOKEN_KEY = scoped("chat token");
const HAS_LOGGED_IN_KEY = scoped("chat visited");

/** The running chat; null while nobody is logged in. */
export const chat = signal<Chat | null>(null);
/** What the login page has to say, such as why one is back on it, and to whom; null for nothing. */
export const loginNotice = signal<{ text: string; username: string } | null>(null);

let token: string | null = null;
/** Whose rooms the address bar may name. */
let lastUserId: number | null = null;

/** Goes on with the session that this device remembers, if any; and follows what other tabs do. */
export function resumeSession() {
  open(storage.getItem(TOKEN_KEY));
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== TOKEN_KEY || newValue === token) return;
    // Logged out, or in as somebody, in another tab.
    leave(newValue ? null : "You have logged out.");
    open(newValue);
  });
}

/** A login has brought a token. */
export function startSession(newToken: string) {
  storage.setItem(TOKEN_KEY, newToken);
  loginNotice.value = null;
  open(newToken);
}

/** Whether somebody has logged in on this device before; not who. */
export const hasLoggedInBefore = () => storage.getItem(HAS_LOGGED_IN_KEY) !== null;

/** Ends the session on the server and forgets it here, with all drafts. Throws ChatError when the server can't be reached. */
export async function logOut() {
  const running = chat.peek();
  if (!running) return;
  const me = running.me.getSnapshot();
  // The other tabs leave first: that the session ends is no news to them then.
  storage.setItem(TOKEN_KEY, "");
  try {
    await running.logout();
  } catch (error) {
    storage.setItem(TOKEN_KEY, token ?? "");
    throw error;
  }
  if (me) deleteDrafts(me.id);
  moveTo(listHref("chats"));
}

/** Another try with the same session, after the server has closed the connection for good. */
export function reopen() {
  chat.peek()?.close();
  open(token);
}

function open(newToken: string | null) {
  token = newToken;
  if (!token) return;
  storage.setItem(HAS_LOGGED_IN_KEY, "1");
  const opened = createChat({ url: serverUrl, token, storage });
  opened.connection.subscribe(() => {
    const { state, reason } = opened.connection.getSnapshot();
    if (state !== "closed" || chat.peek() !== opened) return;
    if (reason === "logged_out") end("You have logged out.");
    if (reason === "unauthorized")
      end("Your session has ended. Log in again: your drafts are kept.", opened.me.getSnapshot()?.username);
  });
  const greet = () => {
    const me = opened.me.getSnapshot();
    if (!me) return;
    if (lastUserId !== null && lastUserId !== me.id) moveTo(listHref("chats"));
    lastUserId = me.id;
  };
  opened.me.subscribe(greet);
  greet();
  chat.value = opened;
}

function end(message: string, username = "") {
  // Another tab may have begun a session of its own meanwhile.
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
