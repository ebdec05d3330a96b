// One's own picture and display name.
import { toast } from "../../state/toasts.ts";
import { PersonAvatar, usePerson } from "../../ui/person.tsx";
import { ActionForm } from "./action-form.tsx";
import { DisplayNameField } from "./display-name-field.tsx";
import type { SectionProps } from "./section.ts";
import { usePicture } from "./use-picture.tsx";

export function ProfileForm({ chat, me, onDone }: SectionProps) {
  const person = usePerson(me);
  const { cropper, portrait } = usePicture({
    chat,
    avatar: <PersonAvatar person={person} size="large" />,
    hasPicture: person.avatar !== undefined,
    name: "Your picture",
    note: "Everyone you share a chat with sees it.",
    set: (fileId) => chat.profile.setAvatar(fileId),
    remove: () => chat.profile.removeAvatar(),
  });
  if (cropper) return cropper;
  return (
    <div class="settings">
      {portrait}
      <ActionForm
        action="Save"
        onCancel={onDone}
        onSubmit={async (form) => {
          await chat.profile.update({ display_name: String(form.get("display_name")).trim() || null });
          toast("Profile saved.");
          onDone();
        }}
      >
        {(errorOf) => (
          <>
            <DisplayNameField
              defaultValue={person.display_name}
              errorOf={errorOf}
              hint={`The name that others see. Empty: your username, ${me.username}.`}
            />
            <p class="text-muted">
              Your username is <bdi dir="ltr">@{me.username}</bdi>. It’s yours alone.
            </p>
          </>
        )}
      </ActionForm>
    </div>
  );
}
