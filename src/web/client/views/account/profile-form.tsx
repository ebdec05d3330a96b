// One's own picture and display name.
import { useRef, useState } from "preact/hooks";
import { ChatError, DISPLAY_NAME_LIMIT } from "../../../../sdk/index.ts";
import { lazy } from "../../lib/lazy.tsx";
import { lengthOf } from "../../lib/text.ts";
import { errorText, toast, withErrorToast } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icons.tsx";
import { PersonAvatar, usePerson } from "../../ui/person.tsx";
import type { SectionProps } from "./section.ts";

const PictureCropper = lazy(async () => (await import("./picture-cropper.tsx")).PictureCropper);

export function ProfileForm({ chat, me, onDone }: SectionProps) {
  const person = usePerson(me);
  const [picture, setPicture] = useState<File | null>(null);
  const [isUploading, setUploading] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isSaving, setSaving] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const change = useRef<HTMLButtonElement>(null);

  async function upload(blob: Blob) {
    setPicture(null);
    setUploading(true);
    await withErrorToast(async () => {
      const name = `picture.${blob.type === "image/webp" ? "webp" : "png"}`;
      const file = await chat.files.upload(blob, { name, kind: "image" }).untilReady();
      await chat.profile.setAvatar(file.id);
    }, "Your picture was changed.");
    setUploading(false);
  }

  async function save(name: string) {
    if (lengthOf(name) > DISPLAY_NAME_LIMIT) return setError(`At most ${DISPLAY_NAME_LIMIT} characters.`);
    setSaving(true);
    setError(null);
    try {
      await chat.profile.update({ display_name: name || null });
      toast("Profile saved.");
      onDone();
    } catch (failure) {
      setError(
        failure instanceof ChatError && failure.code === "name_taken"
          ? "This is somebody else’s username, or looks like it. Choose another name."
          : ((failure instanceof ChatError && failure.fields.display_name) ?? errorText(failure)),
      );
      setSaving(false);
    }
  }

  if (picture)
    return (
      <PictureCropper
        file={picture}
        onPick={(blob) => void upload(blob)}
        onCancel={() => setPicture(null)}
        onClose={() => setPicture(null)}
      />
    );
  return (
    <div class="settings">
      <div class="portrait" aria-busy={isUploading}>
        <PersonAvatar person={person} size="large" />
        <div class="picture-actions">
          <button
            ref={change}
            type="button"
            class="button small"
            disabled={isUploading}
            onClick={() => input.current!.click()}
          >
            <Icon name="pencil" size={16} /> {person.avatar ? "Change picture" : "Add a picture"}
          </button>
          {person.avatar && !isUploading && (
            <button
              type="button"
              class="button small danger-text"
              onClick={async () => {
                await withErrorToast(() => chat.profile.removeAvatar(), "Your picture was removed.");
                change.current?.focus();
              }}
            >
              Remove
            </button>
          )}
        </div>
        <p class="text-muted" role="status">
          {isUploading ? "Uploading your picture…" : "Everyone you share a chat with sees it."}
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
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save(String(new FormData(event.currentTarget).get("display_name")).trim());
        }}
      >
        <Field
          label="Display name"
          name="display_name"
          autocomplete="name"
          defaultValue={person.display_name ?? ""}
          maxLength={DISPLAY_NAME_LIMIT * 4}
          error={error === null ? undefined : String(error)}
          hint={`The name that others see. Empty: your username, ${me.username}.`}
        />
        <p class="text-muted">
          Your username is <bdi dir="ltr">@{me.username}</bdi>. It’s yours alone, and stays.
        </p>
        <div class="actions">
          <button type="button" class="button plain" onClick={onDone}>
            Cancel
          </button>
          <button type="submit" class="button primary" aria-busy={isSaving}>
            Save
          </button>
        </div>
      </form>
    </div>
  );
}
