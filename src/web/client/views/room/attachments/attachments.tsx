// What a message brings besides its text: images and videos side by side, then what is heard, then files.
import type { Attachment, RoomMessage } from "../../../../../sdk/index.ts";
import { openViewer } from "../../../state/viewer.ts";
import { albumRows, ratioOf, singleWidth } from "./album.ts";
import { AudioRow } from "./audio-row.tsx";
import { FileRow } from "./file-row.tsx";
import { isAudio, isVisual } from "./kinds.ts";
import { Tile } from "./tile.tsx";

interface AttachmentsProps {
  message: RoomMessage;
  tabIndex: number;
}

export function Attachments({ message, tabIndex }: AttachmentsProps) {
  const files = message.attachments ?? [];
  const visual = files.filter(isVisual);
  const open = (file: Attachment) => openViewer({ messageKey: message.key, fileId: file.id });
  return (
    <div class="attachments">
      {visual.length === 1 && (
        <div
          class="tiles single"
          style={{ width: `${singleWidth(visual[0]!)}px`, aspectRatio: String(ratioOf(visual[0]!)) }}
        >
          <Tile file={visual[0]!} isSingle tabIndex={tabIndex} onOpen={open} />
        </div>
      )}
      {visual.length > 1 && (
        <div class="tiles album">
          {albumRows(visual).map((row) => (
            <div key={row.files[0]!.file.id} class="tiles-row" style={{ aspectRatio: String(row.ratio) }}>
              {row.files.map(({ file, ratio }) => (
                <div key={file.id} class="tiles-cell" style={{ flexGrow: ratio }}>
                  <Tile file={file} tabIndex={tabIndex} onOpen={open} />
                </div>
              ))}
            </div>
          ))}
        </div>
      )}
      {files
        .filter((file) => !isVisual(file))
        .map((file) =>
          isAudio(file) ? (
            <AudioRow key={file.id} file={file} message={message} tabIndex={tabIndex} />
          ) : (
            <FileRow key={file.id} file={file} tabIndex={tabIndex} />
          ),
        )}
    </div>
  );
}

/**
 * How the bubble is drawn around them: pictures reach its edges (`above` what else there is, or the `only` thing, with the time on them),
 * and below `rows` without a text the time needs no line of its own.
 */
export function mediaOf(message: RoomMessage): "only" | "above" | "rows" | undefined {
  const { attachments = [], uploads = [], body, deleted_at } = message;
  const files = [...attachments, ...uploads.map(({ kind, type }) => ({ kind, mime: type }))];
  if (deleted_at || files.length === 0) return undefined;
  if (!files.some(isVisual)) return body === "" ? "rows" : undefined;
  return body === "" && files.every(isVisual) ? "only" : "above";
}
