// One account: what is known of it, where it is logged in, and what can be done about it.
import { useEffect, useState } from "preact/hooks";
import { type AdminUserDetails, nameOf, type SessionInfo } from "../../../../sdk/index.ts";
import { deviceName } from "../../lib/device-name.ts";
import { dateTimeOf, lastSeen, untilOf, whenOf } from "../../lib/time.ts";
import { fullNameInText, nameInText } from "../../state/person.ts";
import { go } from "../../state/route.ts";
import { errorText, withErrorToast } from "../../state/toasts.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { PersonAvatar } from "../../ui/person.tsx";
import { Act, Acts } from "./acts.tsx";
import { filterAuditBy } from "./audit-filter.ts";
import { BanDialog } from "./ban-dialog.tsx";
import { UserMarks } from "./chips.tsx";
import { Failure, Skeleton, usePages } from "./pages.tsx";
import { PasswordDialog } from "./password-dialog.tsx";
import { RoleDialog } from "./role-dialog.tsx";
import { type AdminView, FOREVER, isBanned, partHref, whyUntouchable } from "./section.ts";

interface PersonPageProps extends Omit<AdminView, "id"> {
  userId: number;
  /** The list shows it too. */
  onChange: (user: AdminUserDetails) => void;
}

type Asking = "ban" | "lift" | "logout" | "password" | "role";

export function PersonPage({ chat, me, admin, userId, onChange }: PersonPageProps) {
  const [user, setUser] = useState<AdminUserDetails | null>(null);
  const [error, setError] = useState("");
  const [asking, setAsking] = useState<Asking | null>(null);
  /** Sessions are loaded anew when some were ended. */
  const [round, setRound] = useState(0);

  async function load(isChanged = false) {
    const loaded = await admin.getUser(userId);
    setUser(loaded);
    setError("");
    if (isChanged) {
      onChange(loaded);
      setRound((before) => before + 1);
    }
  }
  const reload = () => {
    setError("");
    load().catch((failure) => setError(errorText(failure)));
  };
  useEffect(reload, [admin, userId]);

  if (error !== "") return <Failure text={error} onRetry={reload} />;
  if (!user) return <Skeleton />;
  const close = () => setAsking(null);
  const act = (done: string, work: () => Promise<unknown>) =>
    withErrorToast(async () => {
      await work();
      await load(true);
    }, done);
  const why = whyUntouchable(me, user);
  const isAdmin = me.role === "admin";
  return (
    <>
      <div class="portrait">
        <PersonAvatar person={user} size="large" />
        <h3>
          <bdi>{nameOf(user)}</bdi>
        </h3>
        {!user.deleted_at && (
          <p class="text-muted">
            <bdi dir="ltr">@{user.username}</bdi>
          </p>
        )}
        <UserMarks user={user} />
      </div>
      {isBanned(user) && (
        <div class="banned-box" role="note">
          <strong>
            <Icon name="ban" size={18} /> Banned{" "}
            {user.banned_until === FOREVER ? "for good" : `until ${untilOf(user.banned_until!)}`}
          </strong>
          {user.ban_reason && <p dir="auto">{user.ban_reason}</p>}
          <p class="text-muted">Since {dateTimeOf(user.banned_at!)}</p>
        </div>
      )}
      {why && (
        <p class="admin-note">
          <Icon name="info" size={18} /> {why}
        </p>
      )}
      {(!why || isAdmin) && (
        <Acts>
          {!why && isBanned(user) && <Act icon="check" text="Lift ban…" onPress={() => setAsking("lift")} />}
          {!why && (
            <Act
              icon="ban"
              text={isBanned(user) ? "Change ban…" : "Ban…"}
              isDanger={!isBanned(user)}
              onPress={() => setAsking("ban")}
            />
          )}
          {!why && <Act icon="leave" text="Log out everywhere…" onPress={() => setAsking("logout")} />}
          {!why && isAdmin && !user.is_bot && (
            <Act icon="key" text="Reset password…" onPress={() => setAsking("password")} />
          )}
          {!why && isAdmin && !user.is_bot && (
            <Act icon="shield" text="Change role…" onPress={() => setAsking("role")} />
          )}
          {isAdmin && (
            <Act
              icon="clock"
              text="Show in the audit log"
              onPress={() => {
                filterAuditBy(user);
                go(partHref("audit"));
              }}
            />
          )}
        </Acts>
      )}
      <dl class="facts">
        {user.email && (
          <div>
            <dt>E-mail</dt>
            <dd>
              <bdi dir="ltr">{user.email}</bdi>
            </dd>
          </div>
        )}
        <div>
          <dt>Joined</dt>
          <dd>{dateTimeOf(user.created_at)}</dd>
        </div>
        <div>
          <dt>Last seen</dt>
          <dd class="sentence">{user.last_seen_at ? lastSeen(user.last_seen_at) : "never"}</dd>
        </div>
        <div>
          <dt>Groups</dt>
          <dd>{user.groups}</dd>
        </div>
        {user.owner_id !== undefined && (
          <div>
            <dt>Owner of the bot</dt>
            <dd>
              <a href={partHref("people", user.owner_id)}>Account {user.owner_id}</a>
            </dd>
          </div>
        )}
        <div>
          <dt>Id</dt>
          <dd>{user.id}</dd>
        </div>
      </dl>
      {!user.deleted_at && (isAdmin || !why) && <UserSessions key={round} admin={admin} userId={userId} />}
      {asking === "ban" && (
        <BanDialog
          person={user}
          isChange={isBanned(user)}
          reason={isBanned(user) ? (user.ban_reason ?? "") : ""}
          onClose={close}
          onBan={(ban) => act(`${nameInText(user)} is banned.`, () => admin.ban(userId, ban))}
        />
      )}
      {asking === "lift" && (
        <ConfirmDialog
          title={`Lift the ban on ${fullNameInText(user)}?`}
          text="They can log in again at once, and their devices go on where they were."
          action="Lift ban"
          onConfirm={() => void act(`${nameInText(user)} can log in again.`, () => admin.liftBan(userId))}
          onClose={close}
        />
      )}
      {asking === "logout" && (
        <ConfirmDialog
          title={`Log ${fullNameInText(user)} out everywhere?`}
          text="All their devices are logged out at once, and their API keys end. They can log in again."
          action="Log out everywhere"
          onConfirm={() => void act(`${nameInText(user)} was logged out everywhere.`, () => admin.endSessions(userId))}
          onClose={close}
        />
      )}
      {asking === "password" && <PasswordDialog chat={chat} admin={admin} user={user} onClose={close} />}
      {asking === "role" && (
        <RoleDialog
          chat={chat}
          user={user}
          onClose={close}
          onChoose={async (role, proof) => {
            await admin.setRole(userId, role, proof);
            await withErrorToast(() => load(true), `The role of ${nameInText(user)} was changed.`);
          }}
        />
      )}
    </>
  );
}

function UserSessions({ admin, userId }: Pick<PersonPageProps, "admin" | "userId">) {
  const pages = usePages<SessionInfo>(String(userId), (cursor) => admin.listSessions(userId, cursor));
  const { items, error, hasMore, more, reload } = pages;
  return (
    <section class="members" aria-busy={items === null && !error}>
      <h3>Logged in on</h3>
      {error && (
        <p class="form-error" role="alert">
          {error}
          <button type="button" class="link" onClick={reload}>
            Try again
          </button>
        </p>
      )}
      {items?.length === 0 && <p class="list-note">No device is logged in.</p>}
      <ul class="rows">
        {items?.map((session) => (
          <li key={session.id} class="device">
            <span>
              <strong>{deviceName(session.device)}</strong>
              <span class="text-muted">
                {[`Last used ${whenOf(session.last_used_at)}`, session.address].filter(Boolean).join(" · ")}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {hasMore && (
        <button type="button" class="button" onClick={more}>
          Show more
        </button>
      )}
    </section>
  );
}
