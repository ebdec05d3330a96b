// Deleting the account: what goes, what stays, and the proof that it is meant.
import { useState } from "preact/hooks";
import { deleteAccount } from "../../state/session.ts";
import { toast } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { OwnerForm, useFactors } from "./owner-form.tsx";
import type { SectionProps } from "./section.ts";

export function DeleteAccount({ chat, me, onDone }: SectionProps) {
  const [name, setName] = useState("");
  return (
    <div class="deletion">
      <p>
        <strong>This can’t be undone.</strong> You are logged out everywhere at once, and nobody can log in to this
        account again.
      </p>
      <h3>What is deleted</h3>
      <ul>
        <li>your name, picture, status, e-mail address, password and settings</li>
        <li>your friends, blocks, reactions and mentions of you</li>
        <li>every file that you sent or uploaded</li>
        <li>your bots and API keys</li>
        <li>groups that nobody but you is in</li>
      </ul>
      <h3>What stays</h3>
      <ul>
        <li>the text of your messages, shown as from “Deleted user”</li>
        <li>your groups: the admin of longest standing, else the oldest member, becomes the owner</li>
      </ul>
      <p class="about-section text-muted">To keep a copy of your data, download it first.</p>
      <OwnerForm
        factors={useFactors(chat)}
        action="Delete my account"
        isDanger
        isReady={name.trim().toLowerCase() === me.username.toLowerCase()}
        onCancel={onDone}
        onProof={async (proof) => {
          await deleteAccount(proof);
          toast("Your account was deleted.");
        }}
      >
        {() => (
          <Field
            label={`Type ${me.username} to confirm`}
            name="confirm"
            autocomplete="off"
            isVerbatim
            value={name}
            onInput={setName}
          />
        )}
      </OwnerForm>
    </div>
  );
}
