// Where an invite leads: its group, and joining it, by way of an account for those who have none.
import { useEffect, useState } from "preact/hooks";
import { ChatError, getInvite, type InviteInfo } from "../../../../sdk/index.ts";
import { serverUrl as url } from "../../state/base.ts";
import { listHref, replaceRoute, roomHref } from "../../state/route.ts";
import { chat } from "../../state/session.ts";
import { errorText } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Card } from "./card.tsx";
import { SignIn } from "./sign-in.tsx";

const leave = () => replaceRoute(listHref("chats"));

export function InviteView({ code }: { code: string }) {
  const [invite, setInvite] = useState<InviteInfo | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  /** What somebody without a session has chosen; joining then needs no further question. */
  const [form, setForm] = useState<"log in" | "register" | null>(null);
  const session = chat.value;

  useEffect(() => {
    let isCurrent = true;
    getInvite({ url, code }).then(
      (found) => isCurrent && setInvite(found),
      (failure) => isCurrent && setError(failure),
    );
    return () => {
      isCurrent = false;
    };
  }, [code]);

  async function join() {
    if (isBusy || !session) return;
    setBusy(true);
    setError(null);
    try {
      const room = await session.invites.join(code);
      replaceRoute(roomHref(room.key));
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }
  useEffect(() => {
    if (!session || !form || !invite) return;
    if (invite.group) void join();
    else leave();
  }, [session]);

  if (error !== null)
    return (
      <Card>
        <h1>{isOver(error) ? "This invite is over" : "You can’t join"}</h1>
        <p class="lead" role="alert">
          {inviteError(error)}
        </p>
        <button type="button" class="button primary wide" onClick={leave}>
          {session ? "Go to your chats" : "Log in"}
        </button>
      </Card>
    );
  if (!invite || (session && form)) return <div class="splash" aria-busy="true" />;
  const { group, can_register: canRegister } = invite;
  if (form && !session)
    return <SignIn invite={code} isNewFirst={form === "register"} canRegister={canRegister} groupName={group?.name} />;
  return (
    <Card>
      {group ? (
        <div class="portrait">
          <Avatar id={group.id} name={group.name} isGroup size="large" />
          <p class="text-muted">You’re invited to join</p>
          <h1>
            <bdi>{group.name}</bdi>
          </h1>
          {group.description && <p dir="auto">{group.description}</p>}
          <p class="text-muted">{group.member_count === 1 ? "1 member" : `${group.member_count} members`}</p>
        </div>
      ) : (
        <>
          <h1>You’re invited</h1>
          <p class="lead">{session ? "You have an account here already." : "Create an account to start chatting."}</p>
        </>
      )}
      <div class="stack">
        {session ? (
          <>
            {group && (
              <button type="button" class="button primary wide" aria-busy={isBusy} onClick={() => void join()}>
                Join group
              </button>
            )}
            <button type="button" class={group ? "button plain wide" : "button primary wide"} onClick={leave}>
              {group ? "Not now" : "Go to your chats"}
            </button>
          </>
        ) : (
          <>
            {canRegister && (
              <button type="button" class="button primary wide" onClick={() => setForm("register")}>
                Create an account
              </button>
            )}
            <button
              type="button"
              class={canRegister ? "button wide" : "button primary wide"}
              onClick={() => setForm("log in")}
            >
              {group ? "Log in to join" : "Log in"}
            </button>
          </>
        )}
      </div>
    </Card>
  );
}

const codeOf = (error: unknown) => (error instanceof ChatError ? error.code : null);

const isOver = (error: unknown) => codeOf(error) === "not_found" || codeOf(error) === "closed";

function inviteError(error: unknown): string {
  switch (codeOf(error)) {
    case "not_found":
      return "The link is wrong, or the invite was revoked. Ask for another one.";
    case "closed":
      return "It has run out, or as many people as it is for have used it. Ask for another one.";
    case "banned":
      return "You are banned from this group.";
    default:
      return errorText(error);
  }
}
