// Shows an image or a video of a room over the page, and leads to those before and after it. Loaded when the first one is opened.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Attachment, RoomMessage, RoomStore } from "../../../../../sdk/index.ts";
import { isShortcut, type ShortcutName } from "../../../lib/shortcuts.ts";
import { fullTimeOf, timeOf } from "../../../lib/time.ts";
import { useStore } from "../../../lib/use-store.ts";
import { blockedIds } from "../../../state/blocked.ts";
import { download, useFileUrl } from "../../../state/file-urls.ts";
import { currentNameOf } from "../../../state/person.ts";
import { openViewer, type ViewerTarget } from "../../../state/viewer.ts";
import { Icon } from "../../../ui/icons.tsx";
import { raiseToasts } from "../../../ui/toast-layer.ts";
import { isVisual } from "../attachments/kinds.ts";
import { FormattedText } from "../formatted-text.tsx";
import { KEY_FACTOR, useGestures } from "./use-gestures.ts";

/** How far an arrow key moves an enlarged image, in pixels. */
const PAN_PX = 80;
const PANS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [PAN_PX, 0],
  ArrowRight: [-PAN_PX, 0],
  ArrowUp: [0, PAN_PX],
  ArrowDown: [0, -PAN_PX],
};
const DEFAULT_SIZE = { width: 1280, height: 720 };

interface Item {
  message: RoomMessage;
  file: Attachment;
}

interface ViewerProps {
  room: RoomStore;
  meId: number;
  target: ViewerTarget;
  onClose: () => void;
}

export function Viewer({ room, meId, target, onClose }: ViewerProps) {
  const { messages } = useStore(room);
  const items = itemsOf(messages, room.kind === "group");
  const index = items.findIndex(({ message, file }) => message.key === target.messageKey && file.id === target.fileId);
  const item = items[index];
  const isGone = item === undefined;
  // Deleted meanwhile.
  useEffect(() => {
    if (isGone) onClose();
  }, [isGone]);
  if (!item) return null;
  const turnTo = (next: number) => {
    const to = items[next];
    if (to) openViewer({ messageKey: to.message.key, fileId: to.file.id });
  };
  return (
    <OpenViewer
      item={item}
      meId={meId}
      count={items.length}
      index={index}
      neighbours={[items[index - 1], items[index + 1]]}
      onTurn={(step) => turnTo(index + step)}
      onClose={onClose}
    />
  );
}

const itemsOf = (messages: readonly RoomMessage[], isGroup: boolean): Item[] =>
  messages
    .filter(({ deleted_at, sender_id }) => !deleted_at && !(isGroup && blockedIds.value.has(sender_id)))
    .flatMap((message) => (message.attachments ?? []).filter(isVisual).map((file) => ({ message, file })));

interface OpenViewerProps {
  item: Item;
  meId: number;
  index: number;
  count: number;
  neighbours: [Item | undefined, Item | undefined];
  onTurn: (step: 1 | -1) => void;
  onClose: () => void;
}

function OpenViewer({ item: { message, file }, meId, index, count, neighbours, onTurn, onClose }: OpenViewerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const isImage = file.kind === "image";
  const { isZoomed, zoom, reset, restart, pan, handlers } = useGestures(stage, frame, {
    canZoom: isImage,
    onTurn,
    onClose,
  });
  const sender =
    message.sender_id === meId ? "You" : currentNameOf({ id: message.sender_id, username: message.sender_name });
  const [previous, next] = neighbours;

  useLayoutEffect(() => {
    const { current } = dialog;
    const opener = document.activeElement;
    current!.showModal();
    current!.focus();
    raiseToasts();
    return () => {
      current!.close();
      raiseToasts();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  useLayoutEffect(restart, [message.key, file.id]);

  function onKeyDown(event: KeyboardEvent) {
    // A video has keys of its own.
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLVideoElement) return;
    const keys: [ShortcutName, () => unknown][] = isZoomed
      ? [["moveImage", () => pan(...PANS[event.key]!)]]
      : [
          ["previousImage", () => onTurn(-1)],
          ["nextImage", () => onTurn(1)],
        ];
    keys.push(["zoomIn", () => zoom(KEY_FACTOR)], ["zoomOut", () => zoom(1 / KEY_FACTOR)], ["zoomReset", reset]);
    const act = keys.find(([name]) => isShortcut(event, name))?.[1];
    if (!act) return;
    event.preventDefault();
    act();
  }

  return (
    <dialog
      ref={dialog}
      class="viewer"
      tabIndex={-1}
      aria-label={`${isImage ? "Image" : "Video"} from ${sender}`}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => dialog.current && onClose()}
    >
      <header class="viewer-bar">
        <span class="viewer-title">
          <bdi>{sender}</bdi>
          <span>
            <time dateTime={message.created_at} title={fullTimeOf(message.created_at)}>
              {timeOf(message.created_at)}
            </time>
            {count > 1 && <span role="status">{`${index + 1} of ${count}`}</span>}
          </span>
        </span>
        {isImage && (
          <span class="viewer-zoom">
            <button
              type="button"
              class="icon-button"
              aria-label="Zoom out"
              disabled={!isZoomed}
              onClick={() => zoom(1 / KEY_FACTOR)}
            >
              <Icon name="zoomOut" />
            </button>
            <button type="button" class="icon-button" aria-label="Zoom in" onClick={() => zoom(KEY_FACTOR)}>
              <Icon name="zoomIn" />
            </button>
          </span>
        )}
        <button
          type="button"
          class="icon-button"
          aria-label={`Download ${file.name}`}
          onClick={() => void download(file)}
        >
          <Icon name="download" />
        </button>
        <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="viewer-stage" ref={stage} data-is-zoomed={isZoomed} {...handlers}>
        <Media key={`${message.key} ${file.id}`} file={file} frame={frame} />
        {previous && (
          <button type="button" class="viewer-turn" data-to="previous" aria-label="Previous" onClick={() => onTurn(-1)}>
            <Icon name="back" size={24} />
          </button>
        )}
        {next && (
          <button type="button" class="viewer-turn" data-to="next" aria-label="Next" onClick={() => onTurn(1)}>
            <Icon name="back" size={24} />
          </button>
        )}
      </div>
      {(message.body || file.alt) && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keys.
        <p class="viewer-caption" dir="auto" tabIndex={0}>
          {message.body ? <FormattedText message={message} meId={meId} tabIndex={0} /> : file.alt}
        </p>
      )}
      {neighbours.map((item) => item?.file.kind === "image" && <Preload key={item.file.id} file={item.file} />)}
    </dialog>
  );
}

interface MediaProps {
  file: Attachment;
  frame: { current: HTMLDivElement | null };
}

function Media({ file, frame }: MediaProps) {
  const { url, attempt, state, onError, retry } = useFileUrl(file, "content");
  const { url: thumbnail } = useFileUrl(file, "thumbnail");
  const [isLoaded, setLoaded] = useState(false);
  const [isSlow, setSlow] = useState(false);
  const [videoSize, setVideoSize] = useState<{ width: number; height: number } | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 500);
    return () => clearTimeout(timer);
  }, []);
  const { width, height } = videoSize ?? (file.width && file.height ? (file as typeof DEFAULT_SIZE) : DEFAULT_SIZE);
  if (state !== "ok")
    return (
      <div class="viewer-note" ref={frame} role="alert">
        <Icon name="alert" size={40} />
        <p>{state === "gone" ? "This file is no longer available." : `This ${file.kind} couldn’t be shown.`}</p>
        {state === "failed" && (
          <p>
            <button type="button" class="button" onClick={() => void retry()}>
              Try again
            </button>
            <button type="button" class="button" onClick={() => void download(file)}>
              Download
            </button>
          </p>
        )}
      </div>
    );
  return (
    <div
      class="viewer-frame"
      ref={frame}
      style={{ "--width": `${width}px`, "--ratio": String(width / height) } as Record<string, string>}
    >
      {file.kind === "video" ? (
        url && (
          // biome-ignore lint/a11y/useMediaCaption: people send no captions.
          <video
            key={attempt}
            src={url}
            controls
            autoPlay
            playsInline
            onLoadedMetadata={({ currentTarget: { videoWidth, videoHeight } }) =>
              videoWidth > 0 && setVideoSize({ width: videoWidth, height: videoHeight })
            }
            onError={onError}
          />
        )
      ) : (
        <>
          {thumbnail && !isLoaded && <img class="viewer-thumbnail" src={thumbnail} alt="" draggable={false} />}
          {url && (
            <img
              key={attempt}
              src={url}
              alt={file.alt ?? file.name}
              draggable={false}
              onLoad={() => setLoaded(true)}
              onError={onError}
            />
          )}
          {isSlow && !isLoaded && <span class="viewer-loading" role="status" aria-label="Loading" />}
        </>
      )}
    </div>
  );
}

/** Has an image in the browser's cache before it is turned to. */
function Preload({ file }: { file: Attachment }) {
  const { url } = useFileUrl(file, "content");
  useEffect(() => {
    if (url) new Image().src = url;
  }, [url]);
  return null;
}
