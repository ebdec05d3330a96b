// The addresses of files in the page, which have a token in them, and what to do when one of them leads nowhere.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Attachment, Chat } from "../../../sdk/index.ts";
import { useStore } from "../lib/use-store.ts";
import { chat } from "./session.ts";
import { toast } from "./toasts.ts";

/** `gone`: the server has no such file for this user any more. `failed`: it could not be asked. */
export type FileState = "ok" | "gone" | "failed";

type What = "content" | "thumbnail";

const urlOf = ({ files }: Chat, file: Attachment, what: What) =>
  what === "content" ? files.url(file) : files.thumbnailUrl(file);

/**
 * The address of a file; null until there is a token. It stays the same when the token is renewed, so that nothing is loaded twice. To be
 * told of errors by `onError`, which tries once with another token if there is one, and then finds out what is wrong.
 */
export function useFileUrl(file: Attachment, what: What) {
  // Only shown while somebody is logged in.
  const running = chat.peek()!;
  const token = useStore(running.files.token);
  const [state, setState] = useState<FileState>("ok");
  const [attempt, setAttempt] = useState(0);
  const url = useRef<string | null>(null);
  const hasRetried = useRef(false);
  const isMounted = useRef(true);
  useLayoutEffect(
    () => () => {
      isMounted.current = false;
    },
    [],
  );
  if (token !== null) url.current ??= urlOf(running, file, what);

  /** Returns whether there is another address now. */
  async function renew(): Promise<boolean> {
    const before = url.current;
    await running.files.renewToken().catch(() => {});
    url.current = urlOf(running, file, what);
    return url.current !== before;
  }

  async function onError() {
    const failed = url.current;
    if (failed === null) return;
    const isRenewed = !hasRetried.current && (await renew());
    hasRetried.current = true;
    // Another image may have tried in vain before this one.
    const found = isRenewed ? "ok" : await probe(failed);
    if (!isMounted.current) return;
    // There, and yet no picture or sound that this browser knows.
    if (!isRenewed) setState(found === "ok" ? "failed" : found);
    else setAttempt((count) => count + 1);
  }

  return {
    url: url.current,
    /** Changes when the same address is to be loaded once more. */
    attempt,
    state,
    onError: () => void onError(),
    fail: setState,
    async retry() {
      await renew();
      if (!isMounted.current) return;
      setState("ok");
      setAttempt((count) => count + 1);
    },
  };
}

/** Asks the server for the first byte of a file. */
export async function probe(url: string): Promise<FileState> {
  try {
    // A redirect means that it is there; where it leads this page may not ask.
    const { ok, type, status } = await fetch(url, { headers: { range: "bytes=0-0" }, redirect: "manual" });
    // An empty file has no first byte.
    if (ok || type === "opaqueredirect" || status === 416) return "ok";
    return status === 404 ? "gone" : "failed";
  } catch {
    return "failed";
  }
}

/** Saves a file on the device; the user is told if it can't be had. */
export async function download(file: Attachment): Promise<FileState> {
  const running = chat.peek()!;
  if (running.files.url(file) === null) await running.files.renewToken().catch(() => {});
  const url = running.files.url(file);
  const found = url === null ? "failed" : await probe(url);
  if (found === "gone") toast("This file is no longer available.", true);
  else if (found === "failed") toast("The file couldn’t be downloaded. Check your connection and try again.", true);
  else Object.assign(document.createElement("a"), { href: url, download: file.name }).click();
  return found;
}
