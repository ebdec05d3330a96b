// The user's account, and the notifications of this device.
import { useState } from "preact/hooks";
import { type Account, type Chat, ChatError, PASSWORD_MIN } from "../../../../sdk/index.ts";
import { permission, setNotifications } from "../../state/notifications.ts";
import { logOut } from "../../state/session.ts";
import { errorText, toast, withErrorToast } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icons.tsx";

interface SettingsProps {
  chat: Chat;
  me: Account;
  onClose: () => void;
}

export function Settings({ chat, me, onClose }: SettingsProps) {
  const [isChanging, setChanging] = useState(false);
  return (
    <Dialog title="Settings" onClose={onClose}>
      <div class="portrait">
        <Avatar id={me.id} name={me.username} size="large" />
        <h3>
          <bdi>{me.username}</bdi>
        </h3>
        <p class="text-muted">{me.email}</p>
      </div>
      <Notifications />
      {isChanging ? (
        <ChangePassword chat={chat} onDone={() => setChanging(false)} />
      ) : (
        <div class="stack">
          <button type="button" class="button" onClick={() => setChanging(true)}>
            Change password
          </button>
          <a class="button" href="docs" target="_blank" rel="noopener">
            API documentation
          </a>
          <button type="button" class="button danger-text" onClick={() => void withErrorToast(logOut)}>
            <Icon name="leave" size={18} /> Log out
          </button>
        </div>
      )}
    </Dialog>
  );
}

function Notifications() {
  const state = permission.value;
  const [isRefused, setRefused] = useState(false);
  if (state === "unsupported") return null;
  return (
    <label class="toggle">
      <span>
        <strong>Notifications</strong>
        <span class="text-muted">
          {state === "denied"
            ? "Blocked in your browser. Allow them for this site in its settings."
            : isRefused
              ? "Your browser didn’t allow them. Switch this on again and choose Allow."
              : "For messages and friend requests while you’re not looking at this page."}
        </span>
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={state === "on"}
        checked={state === "on"}
        disabled={state === "denied"}
        onChange={async ({ currentTarget: input }) => {
          setRefused(!(await setNotifications(input.checked)));
          // The value may be unchanged, and then nothing re-renders.
          input.checked = permission.peek() === "on";
        }}
      />
    </label>
  );
}

function ChangePassword({ chat, onDone }: { chat: Chat; onDone: () => void }) {
  const [error, setError] = useState<unknown>(null);
  const fields = error instanceof ChatError ? error.fields : {};
  const isAboutField = Object.keys(fields).length > 0;
  return (
    <form
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        setError(null);
        try {
          await chat.changePassword(String(form.get("current")), String(form.get("new")));
          toast("Password changed. Your other devices were logged out.");
          onDone();
        } catch (failure) {
          setError(failure);
        }
      }}
    >
      <input type="text" name="username" autocomplete="username" hidden />
      <Field
        label="Current password"
        name="current"
        type="password"
        autocomplete="current-password"
        autofocus
        error={fields.current_password}
      />
      <Field
        label="New password"
        name="new"
        type="password"
        autocomplete="new-password"
        hint={`At least ${PASSWORD_MIN} characters.`}
        error={fields.new_password}
      />
      <p class="form-error" role="alert">
        {error !== null && !isAboutField && errorText(error)}
      </p>
      <div class="actions">
        <button type="button" class="button plain" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          Change password
        </button>
      </div>
    </form>
  );
}
