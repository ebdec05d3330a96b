// Components that are loaded when they are first shown, so that the page's first script stays small.
import { createElement, type FunctionComponent } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { toast } from "../state/toasts.ts";

/**
 * Renders nothing until the component is there. When it can't be loaded the user is told, and `onClose` is called if it is one of its
 * props; the next time it is shown it is loaded again.
 */
export function lazy<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let loaded: FunctionComponent<P> | undefined;
  let loading: Promise<unknown> | undefined;
  return function Lazy(props: P) {
    const [, rerender] = useState(false);
    useLayoutEffect(() => {
      if (loaded) return;
      let isShown = true;
      loading ??= load().then((component) => {
        loaded = component;
      });
      loading.then(
        () => isShown && rerender(true),
        () => {
          loading = undefined;
          if (!isShown) return;
          toast("This part of the page couldn’t be loaded. Check your connection, or reload the page.", true);
          (props as { onClose?: () => void }).onClose?.();
        },
      );
      return () => {
        isShown = false;
      };
    }, []);
    return loaded ? createElement(loaded, props) : null;
  };
}
