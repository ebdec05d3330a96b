// The files of a message that are still on their way, laid out as they will be.
import { useLayoutEffect } from "preact/hooks";
import type { RoomMessage, Upload } from "../../../../sdk/index.ts";
import { useBlobUrl } from "../../lib/blob-url.ts";
import { durationText, extensionOf } from "../../lib/files.ts";
import { asAttachment, isMoving, progressOf, uploadNote } from "../../lib/uploads.ts";
import { useStore } from "../../lib/use-store.ts";
import { keepPicture } from "../../state/local-pictures.ts";
import { Icon } from "../../ui/icons.tsx";
import { ProgressRing } from "../../ui/progress-ring.tsx";
import { albumRows, ratioOf, singleWidth } from "./attachments/album.ts";
import { isVisual } from "./attachments/kinds.ts";

interface UploadsProps {
  message: RoomMessage;
  tabIndex: number;
}

export function Uploads({ message, tabIndex }: UploadsProps) {
  const uploads = message.uploads ?? [];
  const files = uploads.map(asAttachment);
  const uploadOf = new Map(files.map((file, i) => [file.id, uploads[i]!]));
  const visual = files.filter(isVisual);
  return (
    <div class="attachments">
      {visual.length === 1 && (
        <div
          class="tiles single"
          style={{ width: `${singleWidth(visual[0]!)}px`, aspectRatio: String(ratioOf(visual[0]!)) }}
        >
          <UploadTile upload={uploadOf.get(visual[0]!.id)!} tabIndex={tabIndex} />
        </div>
      )}
      {visual.length > 1 && (
        <div class="tiles album">
          {albumRows(visual).map((row) => (
            <div key={row.files[0]!.file.id} class="tiles-row" style={{ aspectRatio: String(row.ratio) }}>
              {row.files.map(({ file, ratio }) => (
                <div key={file.id} class="tiles-cell" style={{ flexGrow: ratio }}>
                  <UploadTile upload={uploadOf.get(file.id)!} tabIndex={tabIndex} />
                </div>
              ))}
            </div>
          ))}
        </div>
      )}
      {files
        .filter((file) => !isVisual(file))
        .map(({ id }) => (
          <UploadRow key={id} upload={uploadOf.get(id)!} tabIndex={tabIndex} />
        ))}
    </div>
  );
}

interface UploadProps {
  upload: Upload;
  tabIndex: number;
}

function UploadTile({ upload, tabIndex }: UploadProps) {
  const { blob, file } = useStore(upload);
  const url = useBlobUrl(blob);
  // At once: an effect that waits for the next paint may come after the message has been acknowledged.
  useLayoutEffect(() => {
    if (blob && file?.kind === "image") keepPicture(file.id, blob);
  }, [blob, file]);
  return (
    <div class="tile upload-tile">
      {url && upload.kind === "video" && (
        <video src={`${url}#t=0.001`} muted playsInline preload="metadata" tabIndex={-1} aria-hidden="true" />
      )}
      {url && upload.kind !== "video" && (
        <img src={url} alt={upload.alt ?? ""} decoding="async" draggable={false} data-is-loaded="true" />
      )}
      <Control upload={upload} tabIndex={tabIndex} />
    </div>
  );
}

function UploadRow({ upload, tabIndex }: UploadProps) {
  const snapshot = useStore(upload);
  return (
    <div class="file upload-row">
      {snapshot.state === "ready" ? (
        <span class="file-icon" aria-hidden="true">
          <Icon name={upload.kind === "voice" ? "mic" : "file"} />
          {upload.kind !== "voice" && <span class="file-extension">{extensionOf(upload.name)}</span>}
        </span>
      ) : (
        <Control upload={upload} tabIndex={tabIndex} />
      )}
      <span class="file-text">
        <bdi class="file-name" title={upload.name}>
          {upload.kind === "voice" ? `Voice message, ${durationText(upload.duration_ms ?? 0)}` : upload.name}
        </bdi>
        <span class="file-note">{uploadNote(upload, snapshot)}</span>
      </span>
    </div>
  );
}

/** How far it is, with the button that gives it up. */
function Control({ upload, tabIndex }: UploadProps) {
  const snapshot = useStore(upload);
  if (snapshot.state === "failed")
    return (
      <span class="upload-control" aria-hidden="true">
        <Icon name="alert" />
      </span>
    );
  if (!isMoving(snapshot)) return null;
  // As an earlier page has left it.
  if (snapshot.state === "paused")
    return (
      <button
        type="button"
        class="upload-control"
        aria-label={`Resume ${upload.name}`}
        tabIndex={tabIndex}
        onClick={() => upload.resume()}
      >
        <ProgressRing label={`Uploading ${upload.name}`} value={progressOf(upload, snapshot)}>
          <Icon name="play" />
        </ProgressRing>
      </button>
    );
  return (
    <button
      type="button"
      class="upload-control"
      aria-label={`Don’t send ${upload.name}`}
      tabIndex={tabIndex}
      onClick={() => upload.cancel()}
    >
      <ProgressRing label={`Uploading ${upload.name}`} value={progressOf(upload, snapshot)}>
        <Icon name="close" />
      </ProgressRing>
    </button>
  );
}
