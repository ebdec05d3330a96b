// Who somebody is on this server.
import { useState } from "preact/hooks";
import type { AdminUser } from "../../../../sdk/index.ts";
import { fullNameInText } from "../../state/person.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { ROLE_NAMES } from "./section.ts";

type ServerRole = AdminUser["role"];

const ABOUT: Record<ServerRole, string> = {
  user: "Chats like everybody else.",
  moderator: "Handles reports, deletes messages and groups, bans users, sees how the servers are.",
  admin: "May do everything: roles, passwords, the audit log, API keys for the whole server.",
};

interface RoleDialogProps {
  user: AdminUser;
  onChoose: (role: ServerRole) => Promise<boolean>;
  onClose: () => void;
}

export function RoleDialog({ user, onChoose, onClose }: RoleDialogProps) {
  const [role, setRole] = useState(user.role);
  const [isBusy, setBusy] = useState(false);
  return (
    <Dialog title={`Role of ${fullNameInText(user)}`} onClose={onClose}>
      <form
        noValidate
        onSubmit={async (event) => {
          event.preventDefault();
          if (isBusy) return;
          if (role === user.role) return onClose();
          setBusy(true);
          const isDone = await onChoose(role);
          setBusy(false);
          if (isDone) onClose();
        }}
      >
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
        <div class="actions">
          <button type="button" class="button plain" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" aria-busy={isBusy}>
            Change role
          </button>
        </div>
      </form>
    </Dialog>
  );
}
