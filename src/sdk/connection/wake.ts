// The moments at which a browser's network or page comes back.
interface Page extends Partial<EventTarget> {
  document?: EventTarget & { visibilityState: string };
}

/** Calls `wake` at each of them, until the returned function is called. Elsewhere than in a browser there are none. */
export function onWake(wake: () => void): () => void {
  const page = globalThis as Page;
  const onVisible = () => page.document?.visibilityState === "visible" && wake();
  page.addEventListener?.("online", wake);
  page.document?.addEventListener("visibilitychange", onVisible);
  return () => {
    page.removeEventListener?.("online", wake);
    page.document?.removeEventListener("visibilitychange", onVisible);
  };
}
