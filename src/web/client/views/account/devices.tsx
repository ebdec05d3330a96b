// Where the user is logged in: every session, to be logged out from here.
import { useEffect, useState } from "preact/hooks";
import type { SessionInfo } from "../../../../sdk/index.ts";
import { deviceName } from "../../lib/device-name.ts";
import { whenOf } from "../../lib/time.ts";
import { errorText, withErrorToast } from "../../state/toasts.ts";
import type { SectionProps } from "./section.ts";

export function Devices({ chat: { sessions } }: SectionProps) {
  const [list, setList] = useState<SessionInfo[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);

  async function load(from: string | null = null) {
    const { data, next_cursor } = await sessions.list(from);
    setList((known) => (from === null ? data : [...known!, ...data]));
    setCursor(next_cursor);
    setError(null);
  }
  const reload = () => void load().catch(setError);
  useEffect(reload, [sessions]);

  const end = (session: SessionInfo) =>
    withErrorToast(
      async () => {
        await sessions.end(session.id);
        setList((known) => known!.filter(({ id }) => id !== session.id));
      },
      `${nameOf(session)} was logged out.`,
    );
  const endOthers = () =>
    withErrorToast(async () => {
      await sessions.endOthers();
      await load();
    }, "All other devices were logged out.");

  if (error !== null)
    return (
      <p class="form-error" role="alert">
        {errorText(error)}
        <button type="button" class="link" onClick={reload}>
          Try again
        </button>
      </p>
    );
  return (
    <section class="members" aria-busy={list === null}>
      <ul class="rows">
        {/* This one first: it is what the others are compared with. */}
        {list
          ?.toSorted((a, b) => Number(b.is_current) - Number(a.is_current))
          .map((session) => (
            <li key={session.id} class="device">
              <span>
                <strong>{nameOf(session)}</strong>
                <span class="text-muted">{session.is_current ? "This device" : detailsOf(session)}</span>
              </span>
              {!session.is_current && (
                <button
                  type="button"
                  class="button"
                  aria-label={`Log out ${nameOf(session)}`}
                  onClick={() => void end(session)}
                >
                  Log out
                </button>
              )}
            </li>
          ))}
      </ul>
      <div class="stack">
        {cursor && (
          <button type="button" class="button" onClick={() => void withErrorToast(() => load(cursor))}>
            Show more
          </button>
        )}
        {list && list.length > 1 && (
          <button type="button" class="button danger-text" onClick={() => void endOthers()}>
            Log out all other devices
          </button>
        )}
      </div>
    </section>
  );
}

const nameOf = ({ device }: SessionInfo) => deviceName(device);

const detailsOf = ({ last_used_at, address }: SessionInfo) =>
  [`Last used ${whenOf(last_used_at)}`, address].filter(Boolean).join(" · ");
