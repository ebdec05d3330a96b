// Who somebody is on this server.
import { useState } from "preact/hooks";
import type { AdminUser, Chat, OwnerProof } from "../../../../sdk/index.ts";
import { fullNameInText } from "../../state/person.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { OwnerForm, useFactors } from "../account/owner-form.tsx";
import { ROLE_NAMES } from "./section.ts";

type ServerRole = AdminUser["role"];

const ABOUT: Record<ServerRole, string> = {
  user: "Chats like everybody else.",
  moderator: "Handles reports, deletes messages and groups, bans users, sees how the servers are.",
  admin: "May do everything: roles, passwords, the audit log, API keys for the whole server.",
};

interface RoleDialogProps {
  chat: Chat;
  user: AdminUser;
  /** What it throws is shown. */
  onChoose: (role: ServerRole, proof: OwnerProof) => Promise<unknown>;
  onClose: () => void;
}

export function RoleDialog({ chat, user, onChoose, onClose }: RoleDialogProps) {
  const [role, setRole] = useState(user.role);
  return (
    <Dialog title={`Role of ${fullNameInText(user)}`} onClose={onClose}>
      <OwnerForm
        factors={useFactors(chat)}
        passwordLabel="Your password"
        action="Change role"
        isReady={role !== user.role}
        onCancel={onClose}
        onProof={async (proof) => {
          await onChoose(role, proof);
          onClose();
        }}
      >
        {() => (
          <fieldset class="choice">
            <legend class="visually-hidden">Role</legend>
            {(Object.keys(ABOUT) as ServerRole[]).map((name) => (
              <label key={name}>
                <input type="radio" name="role" checked={name === role} onChange={() => setRole(name)} />
                <span>
                  <strong>{ROLE_NAMES[name]}</strong>
                  <span>{ABOUT[name]}</span>
                </span>
              </label>
            ))}
          </fieldset>
        )}
      </OwnerForm>
    </Dialog>
  );
}
