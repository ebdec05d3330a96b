// The files that go with the message being written: chosen, pasted or dropped. They are uploaded at once, and found again after a reload.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Files, RoomKey, Upload } from "../../../../../sdk/index.ts";
import { hasFiles } from "../../../lib/drop-guard.ts";
import { useStore } from "../../../lib/use-store.ts";
import { toast } from "../../../state/toasts.ts";

export interface ComposerFiles {
  /** In the order in which they will be shown. */
  readonly uploads: readonly Upload[];
  /** Whether something is being dragged over the page that could be dropped. */
  readonly isDragging: boolean;
  add(files: readonly File[]): void;
  /** Resolves once those that are being added are there; null while none are. */
  adding(): Promise<unknown> | null;
  /** Those of this moment, whether they are rendered yet or not. */
  current(): readonly Upload[];
}

/** `isEnabled` is false while a message is edited: what it has can't be changed. */
export function useFiles(files: Files, roomKey: RoomKey, isEnabled: boolean): ComposerFiles {
  const pending = useStore(files.pending);
  const ofRoom = (all: readonly Upload[]) => all.filter(({ draft }) => draft === roomKey);
  const uploads = useMemo(() => ofRoom(pending), [pending, roomKey]);
  const adding = useRef<Promise<unknown> | null>(null);
  const [isDragging, setDragging] = useState(false);

  function add(chosen: readonly File[]) {
    if (chosen.length === 0) return;
    // With all that shows them: the network may be gone by then.
    const views = [import("./file-strip.tsx"), import("../uploads.tsx")];
    const added = Promise.all([import("./add-files.ts"), adding.current, ...views])
      .then(([{ addFiles }]) => addFiles(files, roomKey, chosen))
      .catch(() => toast("The files couldn’t be attached. Check your connection and try again.", true))
      .finally(() => {
        if (adding.current === added) adding.current = null;
      });
    adding.current = added;
  }

  useEffect(() => {
    if (!isEnabled) return;
    // It enters each element before it leaves the one around it.
    let depth = 0;
    const dragging = (change: number) => {
      depth = Math.max(0, depth + change);
      setDragging(depth > 0);
    };
    const isHere = (event: DragEvent) => hasFiles(event) && !document.querySelector("dialog[open]");
    const listeners: { [Type in "dragenter" | "dragleave" | "dragover" | "drop" | "paste"]?: (event: never) => void } =
      {
        dragenter: (event: DragEvent) => isHere(event) && dragging(1),
        dragleave: (event: DragEvent) => hasFiles(event) && dragging(-1),
        dragover(event: DragEvent) {
          if (!isHere(event)) return;
          event.preventDefault();
          event.dataTransfer!.dropEffect = "copy";
        },
        drop(event: DragEvent) {
          if (!hasFiles(event)) return;
          dragging(Number.NEGATIVE_INFINITY);
          if (!isHere(event)) return;
          event.preventDefault();
          add(withoutFolders(event.dataTransfer!));
        },
        paste(event: ClipboardEvent) {
          const { clipboardData, target } = event;
          if (!clipboardData || isElsewhere(target)) return;
          // Office programs bring a picture of the text beside it.
          const isText = ["text/plain", "text/html"].every((type) => clipboardData.types.includes(type));
          if (clipboardData.files.length === 0 || isText) return;
          event.preventDefault();
          add([...clipboardData.files]);
        },
      };
    for (const [type, listener] of Object.entries(listeners))
      document.addEventListener(type, listener as EventListener);
    return () => {
      for (const [type, listener] of Object.entries(listeners))
        document.removeEventListener(type, listener as EventListener);
      setDragging(false);
    };
  }, [roomKey, files, isEnabled]);

  return {
    uploads: isEnabled ? uploads : [],
    isDragging,
    add,
    adding: () => adding.current,
    current: () => ofRoom(files.pending.getSnapshot()),
  };
}

/** Whether something else than the message is being written there. */
const isElsewhere = (target: EventTarget | null) =>
  target instanceof Element && target.closest("input, textarea, dialog") !== null && !target.closest(".composer");

function withoutFolders({ items, files }: DataTransfer): File[] {
  const folders = [...items]
    .filter((item) => item.webkitGetAsEntry?.()?.isDirectory)
    .map((item) => item.getAsFile()?.name);
  if (folders.length > 0) toast("Folders can’t be attached. Choose the files in them.", true);
  return [...files].filter(({ name }) => !folders.includes(name));
}
