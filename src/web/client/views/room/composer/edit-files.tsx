// The files of the message being edited: each can be taken out, and back as long as the edit is not saved.
import type { Attachment, RoomStore } from "../../../../../sdk/index.ts";
import { extensionOf, sizeText } from "../../../lib/files.ts";
import { useStore } from "../../../lib/use-store.ts";
import { type Edit, keptFiles } from "../../../state/edits.ts";
import { useFileUrl } from "../../../state/file-urls.ts";
import { Icon } from "../../../ui/icons.tsx";

interface EditFilesProps {
  room: RoomStore;
  edit: Edit;
  onRemove: (removed: readonly number[]) => void;
}

export function EditFiles({ room, edit, onRemove }: EditFilesProps) {
  const { removed = [] } = edit;
  // Another device may take some out meanwhile.
  const { attachments } = useStore(room).messages.find(({ id }) => id === edit.message.id) ?? edit.message;
  if (!attachments?.length) return null;
  const left = keptFiles({ ...edit, message: { ...edit.message, attachments } }).length;
  return (
    <>
      <ul class="file-strip" aria-label="Files of this message">
        {attachments.map((file) => {
          const isRemoved = removed.includes(file.id);
          const change = isRemoved ? removed.filter((id) => id !== file.id) : [...removed, file.id];
          return <EditFile key={file.id} file={file} isRemoved={isRemoved} onToggle={() => onRemove(change)} />;
        })}
      </ul>
      <p class="visually-hidden" role="status">
        {left < attachments.length && `${attachments.length - left} of ${attachments.length} files will be removed.`}
      </p>
    </>
  );
}

function EditFile({ file, isRemoved, onToggle }: { file: Attachment; isRemoved: boolean; onToggle: () => void }) {
  return (
    <li class="file-card" data-is-removed={isRemoved}>
      <span class="file-card-picture">
        {file.kind === "image" ? (
          <Thumbnail file={file} />
        ) : (
          <span class="file-icon" aria-hidden="true">
            <Icon name="file" />
            <span class="file-extension">{extensionOf(file.name)}</span>
          </span>
        )}
      </span>
      <span class="file-card-text">
        <bdi class="file-name" title={file.name}>
          {file.name}
        </bdi>
        <span class="file-card-note">{isRemoved ? "Will be removed" : sizeText(file.size)}</span>
      </span>
      {/* One button for both, so that the focus stays. */}
      <button
        type="button"
        class="icon-button file-card-remove"
        aria-label={isRemoved ? `Keep ${file.name}` : `Remove ${file.name}`}
        title={isRemoved ? "Keep" : undefined}
        onClick={onToggle}
      >
        <Icon name={isRemoved ? "plus" : "close"} size={16} />
      </button>
    </li>
  );
}

function Thumbnail({ file }: { file: Attachment }) {
  const { url, attempt, onError } = useFileUrl(file, "thumbnail");
  return url ? <img key={attempt} src={url} alt="" decoding="async" draggable={false} onError={onError} /> : null;
}
