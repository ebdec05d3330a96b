// A picture that is chosen, cut and uploaded: of the user, or of a bot of theirs.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Chat } from "../../../../sdk/index.ts";
import { lazy } from "../../lib/lazy.tsx";
import { withErrorToast } from "../../state/toasts.ts";
import { Icon } from "../../ui/icons.tsx";

const PictureCropper = lazy(async () => (await import("./picture-cropper.tsx")).PictureCropper);

interface PictureOptions {
  chat: Chat;
  avatar: ComponentChildren;
  hasPicture: boolean;
  /** "Your picture". */
  name: string;
  /** Who sees it. */
  note: string;
  /** Shows an uploaded image. */
  set: (fileId: number) => Promise<unknown>;
  remove: () => Promise<unknown>;
}

/** `cropper` takes the place of everything else while it is not null; `portrait` shows the picture with what changes it. */
export function usePicture({ chat, avatar, hasPicture, name: title, note, set, remove }: PictureOptions) {
  const [picture, setPicture] = useState<File | null>(null);
  const [isUploading, setUploading] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const change = useRef<HTMLButtonElement>(null);

  async function upload(blob: Blob) {
    setPicture(null);
    setUploading(true);
    await withErrorToast(async () => {
      const name = `picture.${blob.type === "image/webp" ? "webp" : "png"}`;
      const file = await chat.files.upload(blob, { name, kind: "image" }).untilReady();
      await set(file.id);
    }, `${title} was changed.`);
    setUploading(false);
  }

  const cropper = picture && (
    <PictureCropper
      file={picture}
      onPick={(blob) => void upload(blob)}
      onCancel={() => setPicture(null)}
      onClose={() => setPicture(null)}
    />
  );
  const portrait = (
    <div class="portrait" aria-busy={isUploading}>
      {avatar}
      <div class="picture-actions">
        <button
          ref={change}
          type="button"
          class="button small"
          disabled={isUploading}
          onClick={() => input.current!.click()}
        >
          <Icon name="pencil" size={16} /> {hasPicture ? "Change picture" : "Add a picture"}
        </button>
        {hasPicture && !isUploading && (
          <button
            type="button"
            class="button small danger-text"
            onClick={async () => {
              await withErrorToast(remove, `${title} was removed.`);
              change.current?.focus();
            }}
          >
            Remove
          </button>
        )}
      </div>
      <p class="text-muted" role="status">
        {isUploading ? "Uploading the picture…" : note}
      </p>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        aria-label="Picture"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          // The same file can be chosen again.
          currentTarget.value = "";
          if (file) setPicture(file);
        }}
      />
    </div>
  );
  return { cropper, portrait };
}
