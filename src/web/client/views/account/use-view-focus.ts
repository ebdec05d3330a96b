import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * Of content that is one of several views: when what had the focus is gone with the former view, the focus is on what opens that
 * (`data-opens`), or on the dialog, so that keys and screen readers go on from there.
 */
export function useViewFocus(view: string) {
  const former = useRef(view);
  useLayoutEffect(() => {
    const left = former.current;
    former.current = view;
    if (left === view || document.activeElement !== document.body) return;
    const dialog = document.querySelector<HTMLElement>("dialog[open]");
    (dialog?.querySelector<HTMLElement>(`[data-opens="${left}"]`) ?? dialog)?.focus();
  }, [view]);
}
