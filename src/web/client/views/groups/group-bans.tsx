// The bans of a group, for members who may lift them.
import { useEffect, useState } from "preact/hooks";
import type { Ban, Chat } from "../../../../sdk/index.ts";
import { untilOf } from "../../lib/time.ts";
import { currentNameOf, nameInText } from "../../state/person.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { PersonRow } from "../people/person-row.tsx";

interface GroupBansProps {
  chat: Chat;
  groupId: number;
  /** The list is reloaded when it changes: a ban removes a member. */
  memberCount: number;
}

export function GroupBans({ chat: { groups }, groupId, memberCount }: GroupBansProps) {
  const [bans, setBans] = useState<Ban[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);

  useEffect(() => {
    let isCurrent = true;
    groups.listBans(groupId).then(
      ({ data, next_cursor }) => {
        if (!isCurrent) return;
        setBans(data);
        setCursor(next_cursor);
      },
      // The user didn't ask for it; it is loaded again with the next change.
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [groups, groupId, memberCount]);

  const showMore = () =>
    withErrorToast(async () => {
      const { data, next_cursor } = await groups.listBans(groupId, cursor);
      setBans((known) => [...known, ...data]);
      setCursor(next_cursor);
    });
  const lift = (ban: Ban) =>
    withErrorToast(
      async () => {
        await groups.liftBan(groupId, ban.user_id);
        setBans((known) => known.filter(({ user_id }) => user_id !== ban.user_id));
      },
      `${nameInText(personOf(ban))} can join again.`,
    );

  if (bans.length === 0) return null;
  return (
    <section class="members">
      <h3>Banned people</h3>
      <ul class="rows">
        {bans.map((ban) => (
          <PersonRow
            key={ban.user_id}
            person={personOf(ban)}
            size="small"
            note={noteOf(ban) && <bdi>{noteOf(ban)}</bdi>}
          >
            <button
              type="button"
              class="button"
              aria-label={`Lift ban on ${currentNameOf(personOf(ban))}`}
              onClick={() => void lift(ban)}
            >
              Lift ban
            </button>
          </PersonRow>
        ))}
      </ul>
      {cursor && (
        <button type="button" class="button" onClick={() => void showMore()}>
          Show more
        </button>
      )}
    </section>
  );
}

const personOf = ({ user_id: id, ...ban }: Ban) => ({ id, ...ban });

const noteOf = ({ reason, until }: Ban) => [until && `Until ${untilOf(until)}`, reason].filter(Boolean).join(" · ");
