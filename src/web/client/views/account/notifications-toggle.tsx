// Whether this device notifies of what happens while nobody looks at the page.
import { useState } from "preact/hooks";
import { permission, setNotifications } from "../../state/notifications.ts";

export function NotificationsToggle() {
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
