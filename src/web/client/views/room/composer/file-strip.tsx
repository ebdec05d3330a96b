// The files of the message being written, above its text: what they are, how far they are, and what can be done with them.
import { useRef } from "preact/hooks";
import type { Files, Upload, UploadSnapshot } from "../../../../../sdk/index.ts";
import { useBlobUrl } from "../../../lib/blob-url.ts";
import { extensionOf } from "../../../lib/files.ts";
import { isMoving, keptNote, progressOf, uploadNote } from "../../../lib/uploads.ts";
import { useStore } from "../../../lib/use-store.ts";
import { Icon } from "../../../ui/icons.tsx";
import { ProgressRing } from "../../../ui/progress-ring.tsx";

interface FileStripProps {
  files: Files;
  uploads: readonly Upload[];
  /** The last one was removed. */
  onEmpty: () => void;
}

export function FileStrip({ files, uploads, onEmpty }: FileStripProps) {
  const list = useRef<HTMLUListElement>(null);

  function remove(upload: Upload) {
    // The focus stays with the files as long as there are some.
    const index = uploads.indexOf(upload);
    const next = uploads[index + 1] ?? uploads[index - 1];
    if (next) list.current!.querySelector<HTMLElement>(`[data-id="${next.id}"] .file-card-remove`)?.focus();
    else onEmpty();
    upload.cancel();
  }

  function sendAsFile(upload: Upload) {
    const { blob } = upload.getSnapshot();
    const { draft, name } = upload;
    upload.cancel();
    if (blob && draft !== null) files.upload(blob, { draft, name, kind: "file" });
  }

  return (
    <ul class="file-strip" ref={list} aria-label="Attached files">
      {uploads.map((upload) => (
        <FileCard
          key={upload.id}
          upload={upload}
          onRemove={() => remove(upload)}
          onSendAsFile={() => sendAsFile(upload)}
        />
      ))}
    </ul>
  );
}

interface FileCardProps {
  upload: Upload;
  onRemove: () => void;
  onSendAsFile: () => void;
}

function FileCard({ upload, onRemove, onSendAsFile }: FileCardProps) {
  const snapshot = useStore(upload);
  const { state, error } = snapshot;
  const kept = keptNote(upload);
  return (
    <li class="file-card" data-id={upload.id} data-state={state}>
      <span class="file-card-picture">
        <Preview upload={upload} blob={snapshot.blob} />
        {isMoving(snapshot) && <UploadRing upload={upload} snapshot={snapshot} />}
        {state === "failed" && <Icon name="alert" size={24} />}
      </span>
      <span class="file-card-text">
        <bdi class="file-name" title={upload.name}>
          {upload.name}
        </bdi>
        {state === "failed" ? (
          <span class="file-card-note" role="alert">
            {uploadNote(upload, snapshot)}
          </span>
        ) : (
          <span class="file-card-note">{uploadNote(upload, snapshot)}</span>
        )}
        {kept && state !== "failed" && <span class="file-card-note">{kept}</span>}
        {state === "failed" &&
          (error?.code === "unsupported" && upload.kind === "image" ? (
            <button type="button" class="link" onClick={onSendAsFile}>
              Send as a file
            </button>
          ) : (
            error?.code !== "too_large" &&
            error?.code !== "unreadable" && (
              <button type="button" class="link" onClick={() => upload.resume()}>
                Try again
              </button>
            )
          ))}
      </span>
      <button
        type="button"
        class="icon-button file-card-remove"
        aria-label={`Remove ${upload.name}`}
        onClick={onRemove}
      >
        <Icon name="close" size={16} />
      </button>
    </li>
  );
}

/** How far it is; pressed, it stops there and goes on from there. */
function UploadRing({ upload, snapshot }: { upload: Upload; snapshot: UploadSnapshot }) {
  const isPaused = snapshot.state === "paused";
  const ring = (
    <ProgressRing label={`Uploading ${upload.name}`} value={progressOf(upload, snapshot)}>
      {snapshot.state !== "processing" && <Icon name={isPaused ? "play" : "pause"} size={16} />}
    </ProgressRing>
  );
  // All of it is there.
  if (snapshot.state === "processing") return ring;
  return (
    <button
      type="button"
      class="file-card-pause"
      aria-label={`${isPaused ? "Resume" : "Pause"} ${upload.name}`}
      onClick={() => (isPaused ? upload.resume() : upload.pause())}
    >
      {ring}
    </button>
  );
}

function Preview({ upload, blob }: { upload: Upload; blob: Blob | null }) {
  const isVideo = upload.kind === "video";
  const url = useBlobUrl(isVideo || upload.kind === "image" ? blob : null);
  if (url && isVideo) return <video src={`${url}#t=0.001`} muted playsInline preload="metadata" tabIndex={-1} />;
  if (url) return <img src={url} alt="" decoding="async" draggable={false} />;
  return (
    <span class="file-icon" aria-hidden="true">
      <Icon name="file" />
      <span class="file-extension">{extensionOf(upload.name)}</span>
    </span>
  );
}
