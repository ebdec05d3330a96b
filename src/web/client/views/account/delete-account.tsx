// Deleting the account: what goes, what stays, and the proof that it is meant.
import { useState } from "preact/hooks";
import { deleteAccount } from "../../state/session.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { isAboutProof, OwnerProofFields, proofOf } from "./owner-proof.tsx";
import type { SectionProps } from "./section.ts";

export function DeleteAccount({ chat, me, onDone }: SectionProps) {
  const [error, setError] = useState<unknown>(null);
  const [name, setName] = useState("");
  const [isSent, setSent] = useState(false);
  const isConfirmed = name.trim().toLowerCase() === me.username.toLowerCase();
  return (
    <form
      noValidate
      class="deletion"
      onSubmit={async (event) => {
        event.preventDefault();
        if (!isConfirmed || isSent) return;
        const form = new FormData(event.currentTarget);
        setError(null);
        setSent(true);
        try {
          await deleteAccount(proofOf(form));
          toast("Your account was deleted.");
        } catch (failure) {
          setError(failure);
          setSent(false);
        }
      }}
    >
      <p>
        <strong>This can’t be undone.</strong> You are logged out everywhere at once, and nobody can log in to this
        account again.
      </p>
      <h3>What is deleted</h3>
      <ul>
        <li>your name, picture, status, e-mail address, password and settings</li>
        <li>your friends, blocks, reactions and mentions of you</li>
        <li>every file that you sent or uploaded</li>
        <li>groups that nobody but you is in</li>
      </ul>
      <h3>What stays</h3>
      <ul>
        <li>the text of your messages, shown as from “Deleted user”</li>
        <li>your groups: the admin of longest standing, else the oldest member, becomes the owner</li>
      </ul>
      <p class="about-section text-muted">To keep a copy of your data, download it first.</p>
      <Field
        label={`Type ${me.username} to confirm`}
        name="confirm"
        autocomplete="off"
        isVerbatim
        value={name}
        onInput={setName}
      />
      <OwnerProofFields chat={chat} error={error} />
      <p class="form-error" role="alert">
        {error !== null && !isAboutProof(error) && errorText(error)}
      </p>
      <div class="actions">
        <button type="button" class="button plain" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" class="button danger" disabled={!isConfirmed || isSent}>
          Delete my account
        </button>
      </div>
    </form>
  );
}
