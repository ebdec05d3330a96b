// An image or a video in the list, at a size that is known beforehand.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Attachment } from "../../../../../sdk/index.ts";
import { durationText } from "../../../lib/files.ts";
import { type FileState, useFileUrl } from "../../../state/file-urls.ts";
import { pictureOf } from "../../../state/local-pictures.ts";
import { Icon } from "../../../ui/icons.tsx";
import { isAnimation } from "./kinds.ts";

/** On screens with more pixels than the thumbnail has, an image that is this small, in bytes, is shown itself. */
const SMALL_IMAGE = 300_000;
/** A GIF that is this small moves in the list. */
const SMALL_ANIMATION = 2_000_000;

interface TileProps {
  file: Attachment;
  /** Alone in its message, and so larger than in an album. */
  isSingle?: boolean;
  tabIndex: number;
  onOpen: (file: Attachment) => void;
}

export function Tile({ file, isSingle = false, tabIndex, onOpen }: TileProps) {
  const isVideo = file.kind === "video";
  const { url, attempt, state, onError, retry } = useFileUrl(
    file,
    isVideo || showsItself(file, isSingle) ? "content" : "thumbnail",
  );
  const [isLoaded, setLoaded] = useState(false);
  const preview = pictureOf(file.id) ?? file.preview;
  const label = labelOf(file);
  const isStill = isVideo || (isAnimation(file) && file.size > SMALL_ANIMATION);
  return (
    <button
      type="button"
      class="tile"
      tabIndex={tabIndex}
      aria-label={state === "ok" ? `Open ${label}` : `${label}: ${STATE_TEXTS[state]}`}
      data-state={state}
      style={{ backgroundImage: preview && !isLoaded ? `url("${preview}")` : "none" }}
      onClick={() => (state === "failed" ? void retry() : state === "ok" && onOpen(file))}
    >
      {state !== "ok" ? (
        <span class="tile-note" aria-hidden="true">
          <Icon name={state === "gone" ? "hide" : "alert"} />
          {STATE_TEXTS[state]}
        </span>
      ) : isVideo ? (
        <Poster key={attempt} url={url} onLoad={() => setLoaded(true)} onError={onError} />
      ) : (
        url && (
          <img
            key={attempt}
            src={url}
            alt=""
            loading="lazy"
            decoding="async"
            draggable={false}
            data-is-loaded={isLoaded}
            onLoad={() => setLoaded(true)}
            onError={onError}
          />
        )
      )}
      {state === "ok" && isStill && (
        <span class="tile-play" aria-hidden="true">
          {isVideo ? <Icon name="play" size={24} /> : "GIF"}
        </span>
      )}
      {isVideo && file.duration_ms !== undefined && (
        <span class="tile-duration" aria-hidden="true">
          {durationText(file.duration_ms)}
        </span>
      )}
    </button>
  );
}

const STATE_TEXTS: Record<Exclude<FileState, "ok">, string> = {
  gone: "No longer available",
  failed: "Couldn’t load. Try again",
};

function labelOf({ kind, alt, name, duration_ms }: Attachment): string {
  if (kind === "video") return `video ${name}${duration_ms === undefined ? "" : `, ${durationText(duration_ms)}`}`;
  return alt ? `image: ${alt}` : `image ${name}`;
}

function showsItself(file: Attachment, isSingle: boolean): boolean {
  if (isAnimation(file)) return file.size <= SMALL_ANIMATION && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  return isSingle && devicePixelRatio > 1 && file.size <= SMALL_IMAGE;
}

interface PosterProps {
  url: string | null;
  onLoad: () => void;
  onError: () => void;
}

/** The first picture of a video. Nothing of it is loaded before it is near the screen, and then no more than that. */
function Poster({ url, onLoad, onError }: PosterProps) {
  const element = useRef<HTMLVideoElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry!.isIntersecting && setNear(true), {
      rootMargin: "600px 0px",
    });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <video
      ref={element}
      // The fragment makes Safari show that picture.
      src={isNear && url ? `${url}#t=0.001` : undefined}
      preload={isNear ? "metadata" : "none"}
      muted
      playsInline
      tabIndex={-1}
      aria-hidden="true"
      onLoadedData={onLoad}
      onError={onError}
    />
  );
}
