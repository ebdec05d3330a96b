// A way back in for somebody who has lost the password: a mail, or where the server sends none a link, which is shown once.
import { useState } from "preact/hooks";
import type { AdminUser, PasswordLink } from "../../../../sdk/index.ts";
import { copyText } from "../../lib/clipboard.ts";
import { untilOf } from "../../lib/time.ts";
import { fullNameInText, nameInText } from "../../state/person.ts";
import { toast } from "../../state/toasts.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { OwnerForm, useFactors } from "../account/owner-form.tsx";
import type { AdminView } from "./section.ts";

interface PasswordDialogProps extends Pick<AdminView, "chat" | "admin"> {
  user: AdminUser;
  onClose: () => void;
}

export function PasswordDialog({ chat, admin, user, onClose }: PasswordDialogProps) {
  const [link, setLink] = useState<PasswordLink | null>(null);
  const factors = useFactors(chat);

  if (link?.link)
    return (
      <Dialog title="Link to a new password" onClose={onClose}>
        <p>
          It can’t be mailed from here. Give this link to {fullNameInText(user)} in a way that nobody else sees. It
          works once, until {untilOf(link.expires_at)}, and <strong>is shown only now</strong>.
        </p>
        <div class="reset-link">
          <input readOnly value={link.link} aria-label="Link" onFocus={({ currentTarget }) => currentTarget.select()} />
          <button
            type="button"
            class="button primary"
            onClick={() => void copyText(link.link!, "The link was copied.")}
          >
            <Icon name="copy" size={18} /> Copy
          </button>
        </div>
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Done
          </button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={`Reset the password of ${fullNameInText(user)}?`} onClose={onClose}>
      <p>They get a link by which they choose a new one. The present password works until then.</p>
      <OwnerForm
        factors={factors}
        passwordLabel="Your password"
        action="Reset password"
        isDanger
        onCancel={onClose}
        onProof={async (proof) => {
          const made = await admin.resetPassword(user.id, proof);
          if (made.link) return setLink(made);
          toast(`A mail with a link was sent to ${nameInText(user)}.`);
          onClose();
        }}
      />
    </Dialog>
  );
}
