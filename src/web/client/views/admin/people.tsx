// Everybody who has an account, to be found by name or address, and what can be done about each.
import { signal } from "@preact/signals";
import { type Account, type AdminUser, nameOf, type UserFilter } from "../../../../sdk/index.ts";
import { shortMoment } from "../../lib/time.ts";
import { PersonAvatar } from "../../ui/person.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { Choice, UserMarks } from "./chips.tsx";
import { PagedList, usePages } from "./pages.tsx";
import { PersonPage } from "./person.tsx";
import { type AdminView, partHref, searchLabel } from "./section.ts";
import { Split } from "./split.tsx";

const SEARCH_DELAY_MS = 250;

const SHOWN = {
  all: { label: "Everyone", filter: {} },
  admin: { label: "Admins", filter: { role: "admin" } },
  moderator: { label: "Moderators", filter: { role: "moderator" } },
  banned: { label: "Banned", filter: { state: "banned" } },
  bot: { label: "Bots", filter: { state: "bot" } },
  deleted: { label: "Deleted", filter: { state: "deleted" } },
} as const satisfies Record<string, { label: string; filter: UserFilter }>;
type Shown = keyof typeof SHOWN;
const CHOICES = Object.entries(SHOWN).map(([value, { label }]) => [value as Shown, label] as const);

// Kept while another part is open.
const query = signal("");
const shown = signal<Shown>("all");

export function People({ chat, me, admin, id }: AdminView) {
  const wanted = query.value.trim();
  const pages = usePages<AdminUser>(
    `${shown.value} ${wanted}`,
    (cursor) => admin.listUsers({ ...SHOWN[shown.value].filter, ...(wanted && { query: wanted }) }, cursor),
    wanted ? SEARCH_DELAY_MS : 0,
  );
  return (
    <Split
      part="people"
      title="People"
      tools={
        <>
          <SearchField
            label={searchLabel(me)}
            value={query.value}
            onChange={(text) => {
              query.value = text;
            }}
          />
          <Choice
            label="Which people"
            options={CHOICES}
            value={shown.value}
            onChange={(value) => {
              shown.value = value;
            }}
          />
        </>
      }
      list={
        <PagedList
          pages={pages}
          label="People"
          empty={{ icon: "people", title: wanted ? "Nobody found" : "Nobody here", text: emptyText(wanted, me) }}
          row={(user) => <UserRow key={user.id} user={user} isOpen={user.id === id} />}
        />
      }
      detail={
        id === null
          ? null
          : {
              key: id,
              title: "Account",
              content: (
                <PersonPage
                  key={id}
                  chat={chat}
                  me={me}
                  admin={admin}
                  userId={id}
                  onChange={(user) => pages.set(user.id, user)}
                />
              ),
            }
      }
    />
  );
}

const emptyText = (wanted: string, { role }: Account) => {
  if (!wanted) return "No account is like this.";
  return `Usernames are found by how they begin${role === "admin" ? ", e-mail addresses as a whole" : ""}.`;
};

function UserRow({ user, isOpen }: { user: AdminUser; isOpen: boolean }) {
  // The name may be anybody's.
  const hasUsername = nameOf(user) !== user.username;
  return (
    <li>
      <a class="row" href={partHref("people", user.id)} aria-current={isOpen ? "true" : undefined}>
        <PersonAvatar person={user} />
        <span class="row-text">
          <span class="row-top">
            <span class="row-name">
              <span class="row-title">
                <bdi>{nameOf(user)}</bdi>
              </span>
              <UserMarks user={user} />
            </span>
            {user.last_seen_at && (
              <span class="row-time">
                <span class="visually-hidden">last seen </span>
                {shortMoment(user.last_seen_at)}
              </span>
            )}
          </span>
          <span class="row-note">
            {hasUsername && <bdi dir="ltr">@{user.username}</bdi>}
            {hasUsername && user.email && " · "}
            {user.email && <bdi dir="ltr">{user.email}</bdi>}
          </span>
        </span>
      </a>
    </li>
  );
}
