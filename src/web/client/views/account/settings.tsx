// The user's account, and what this device is to do, in sections.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Account, type Chat, nameOf } from "../../../../sdk/index.ts";
import { lazy } from "../../lib/lazy.tsx";
import { untilOf } from "../../lib/time.ts";
import { isHelpOpen } from "../../state/help.ts";
import { useRegistration } from "../../state/registration.ts";
import { adminHref } from "../../state/route.ts";
import { logOut } from "../../state/session.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon, type IconName } from "../../ui/icons.tsx";
import { PersonAvatar, usePerson } from "../../ui/person.tsx";
import { NotificationsToggle } from "./notifications-toggle.tsx";
import { ThemeChoice } from "./theme-choice.tsx";

const ProfileForm = lazy(async () => (await import("./profile-form.tsx")).ProfileForm);
const StatusForm = lazy(async () => (await import("./status-form.tsx")).StatusForm);
const PrivacySettings = lazy(async () => (await import("./privacy-settings.tsx")).PrivacySettings);
const Devices = lazy(async () => (await import("./devices.tsx")).Devices);
const ChangePassword = lazy(async () => (await import("./change-password.tsx")).ChangePassword);
const Security = lazy(async () => (await import("./security.tsx")).Security);
const LinkedAccounts = lazy(async () => (await import("./linked-accounts.tsx")).LinkedAccounts);
const Integrations = lazy(async () => (await import("./integrations.tsx")).Integrations);
const EmailAddress = lazy(async () => (await import("./email-address.tsx")).EmailAddress);

const ChangeUsername = lazy(async () => (await import("./change-username.tsx")).ChangeUsername);
const DataExport = lazy(async () => (await import("./data-export.tsx")).DataExport);
const DeleteAccount = lazy(async () => (await import("./delete-account.tsx")).DeleteAccount);

const SECTIONS = {
  profile: { title: "Profile", Content: ProfileForm },
  status: { title: "Status", Content: StatusForm },
  privacy: { title: "Privacy", Content: PrivacySettings },
  password: { title: "Change password", Content: ChangePassword },
  email: { title: "E-mail address", Content: EmailAddress },
  security: { title: "Security", Content: Security },
  linked: { title: "Linked accounts", Content: LinkedAccounts },
  devices: { title: "Devices", Content: Devices },
  integrations: { title: "Bots and API keys", Content: Integrations },
  username: { title: "Username", Content: ChangeUsername },
  data: { title: "Download your data", Content: DataExport },
  deletion: { title: "Delete account", Content: DeleteAccount },
} as const;
type Section = keyof typeof SECTIONS;

interface SettingsProps {
  chat: Chat;
  me: Account;
  onClose: () => void;
}

export function Settings({ chat, me, onClose }: SettingsProps) {
  const [section, setSection] = useState<Section | null>(null);
  const list = useRef<HTMLDivElement>(null);
  /** The section that was open last: the focus returns to its entry. */
  const left = useRef<Section | null>(null);
  useLayoutEffect(() => {
    if (section) {
      left.current = section;
      // Where the entry was that is gone now.
      if (document.activeElement === document.body) document.querySelector<HTMLElement>("dialog[open]")?.focus();
    } else if (left.current) list.current!.querySelector<HTMLElement>(`[data-section="${left.current}"]`)?.focus();
  }, [section]);
  const hasProviders = (useRegistration()?.providers.length ?? 0) > 0;
  const back = () => setSection(null);
  if (section) {
    const { title, Content } = SECTIONS[section];
    return (
      <Dialog title={title} onClose={onClose} onBack={back}>
        <Content chat={chat} me={me} onDone={back} />
      </Dialog>
    );
  }
  const entry = (name: Section, icon: IconName, children: ComponentChildren = SECTIONS[name].title) => (
    <button type="button" class="settings-entry" data-section={name} onClick={() => setSection(name)}>
      <Icon name={icon} />
      <span>{children}</span>
      <Icon name="forward" size={16} />
    </button>
  );
  return (
    <Dialog title="Settings" onClose={onClose}>
      <div ref={list} class="settings">
        <OwnProfile me={me} onOpen={() => setSection("profile")} />
        <div class="settings-group">{entry("status", "smile", <StatusLine me={me} />)}</div>
        <h3>This device</h3>
        <div class="settings-group">
          <ThemeChoice />
          <NotificationsToggle />
        </div>
        <h3>Account</h3>
        <div class="settings-group">
          {entry("privacy", "lock")}
          {entry("username", "pencil")}
          {entry("password", "key")}
          {entry("email", "mail")}
          {entry("security", "shield")}
          {hasProviders && entry("linked", "link")}
          {entry("devices", "devices")}
          {entry("integrations", "code")}
          {entry("data", "download")}
        </div>
        {me.role && (
          <>
            <h3>This server</h3>
            <div class="settings-group">
              <a class="settings-entry" href={adminHref} onClick={onClose}>
                <Icon name="shield" />
                <span>Administration</span>
                <Icon name="forward" size={16} />
              </a>
            </div>
          </>
        )}
        <h3>Help</h3>
        <div class="settings-group">
          <button
            type="button"
            class="settings-entry"
            onClick={() => {
              onClose();
              isHelpOpen.value = true;
            }}
          >
            <Icon name="keyboard" />
            <span>Keyboard shortcuts</span>
          </button>
          <a class="settings-entry" href="docs" target="_blank" rel="noopener">
            <Icon name="code" />
            <span>API documentation</span>
          </a>
        </div>
        <div class="settings-group">
          <button type="button" class="settings-entry danger-text" onClick={() => void withErrorToast(logOut)}>
            <Icon name="leave" />
            <span>Log out</span>
          </button>
          {entry("deletion", "trash")}
        </div>
      </div>
    </Dialog>
  );
}

function OwnProfile({ me, onOpen }: { me: Account; onOpen: () => void }) {
  const person = usePerson(me);
  return (
    <button type="button" class="own-profile" data-section="profile" onClick={onOpen}>
      <PersonAvatar person={person} size="large" />
      <span>
        <strong>
          <bdi>{nameOf(person)}</bdi>
        </strong>
        <bdi class="text-muted" dir="ltr">
          @{me.username}
        </bdi>
        <span class="text-muted">{me.email}</span>
      </span>
      <span class="edit">
        <Icon name="pencil" size={18} />
        <span class="visually-hidden">Edit profile</span>
      </span>
    </button>
  );
}

function StatusLine({ me }: { me: Account }) {
  const { status } = usePerson(me);
  if (!status) return <>Set a status</>;
  return (
    <>
      {status.emoji} <bdi dir="auto">{status.text}</bdi>
      {status.until && <span class="text-muted"> until {untilOf(status.until)}</span>}
      <span class="visually-hidden">: your status</span>
    </>
  );
}
