// The admin area, `#/admin/…`: people, reports, groups, the audit log and the servers' health, for moderators and admins. A chunk of its
// own, with its style sheet.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Account, Administration, Chat } from "../../../../sdk/index.ts";
import { PRODUCT } from "../../lib/product.ts";
import { adminPath, go, listHref } from "../../state/route.ts";
import { errorText } from "../../state/toasts.ts";
import { Icon, type IconName } from "../../ui/icons.tsx";
import { Audit } from "./audit.tsx";
import { Groups } from "./groups.tsx";
import { Health } from "./health.tsx";
import { People } from "./people.tsx";
import { Reports } from "./reports.tsx";
import { type AdminView, type Part, partHref, watchAccess } from "./section.ts";
import { addStyles } from "./styles.ts";

const PARTS: Record<Part, { title: string; icon: IconName; Content: (view: AdminView) => preact.JSX.Element }> = {
  people: { title: "People", icon: "people", Content: People },
  reports: { title: "Reports", icon: "flag", Content: Reports },
  groups: { title: "Groups", icon: "chats", Content: Groups },
  audit: { title: "Audit log", icon: "clock", Content: Audit },
  health: { title: "Health", icon: "pulse", Content: Health },
};
const NAMES = Object.keys(PARTS) as Part[];

/** Whether a call was refused because the role that the account had is gone. */
const isRoleLost = signal(false);

addStyles();

interface AdminAreaProps {
  chat: Chat;
  me: Account;
  /** Called where this script could not be loaded. */
  onClose: () => void;
}

export function AdminArea({ chat, me }: AdminAreaProps) {
  const [named = "", id] = (adminPath.value ?? "").split("/");
  const part = NAMES.find((name) => name === named) ?? "people";
  const { admin, error, load } = useAdministration(chat);
  useLayoutEffect(() => {
    isRoleLost.value = false;
  }, [chat, me.role]);
  useEffect(() => {
    document.title = `${PARTS[part].title} – ${PRODUCT}`;
    return () => {
      document.title = PRODUCT;
    };
  }, [part]);

  if (isRoleLost.value)
    return (
      <NoAccess
        title="You no longer have access"
        text="Your role on this server has changed. What you did until now is saved; your chats are as they were."
      />
    );
  if (!me.role)
    return (
      <NoAccess
        title="For moderators and admins"
        text="This area is for the people who look after this server. If you should have access, ask one of its admins."
      />
    );
  const { Content } = PARTS[part];
  return (
    <main class="admin">
      <h1 class="visually-hidden">Administration</h1>
      <nav class="admin-nav" aria-label="Administration">
        <a class="admin-leave" href={listHref("chats")}>
          <Icon name="back" />
          Back to chats
        </a>
        <div class="admin-parts">
          {NAMES.filter((name) => name !== "audit" || me.role === "admin").map((name) => (
            <a key={name} href={partHref(name)} aria-current={name === part ? "page" : undefined}>
              <Icon name={PARTS[name].icon} />
              <span>{PARTS[name].title}</span>
            </a>
          ))}
        </div>
      </nav>
      {admin && <Content key={part} chat={chat} me={me} admin={admin} id={idOf(id)} />}
      {error !== "" && (
        <div class="empty-state" role="alert">
          <Icon name="alert" size={40} />
          <h2>This part of the page couldn’t be loaded</h2>
          <p>{error}</p>
          <button type="button" class="button" onClick={load}>
            Try again
          </button>
        </div>
      )}
    </main>
  );
}

const idOf = (text: string | undefined) => {
  const id = Number(text);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
};

function useAdministration(chat: Chat) {
  const [admin, setAdmin] = useState<Administration | null>(null);
  const [error, setError] = useState("");
  const load = () => {
    setError("");
    chat.admin().then(
      (loaded) =>
        setAdmin(
          watchAccess(loaded, () => {
            isRoleLost.value = true;
          }),
        ),
      (failure) => setError(errorText(failure)),
    );
  };
  useEffect(load, [chat]);
  return { admin, error, load };
}

const NoAccess = ({ title, text }: { title: string; text: string }) => (
  <main class="admin no-access">
    <div class="empty-state">
      <Icon name="shield" size={40} />
      <h1>{title}</h1>
      <p>{text}</p>
      <button type="button" class="button primary" onClick={() => go(listHref("chats"))}>
        Go to your chats
      </button>
    </div>
  </main>
);
