// The groups that anyone may join.
import { useEffect, useState } from "preact/hooks";
import type { Chat, Group } from "../../../sdk/index.ts";
import { useStore } from "../lib/store.ts";
import { go, roomHref } from "../state/route.ts";
import { attempt } from "../state/toasts.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Dialog } from "../ui/dialog.tsx";

export function FindGroups({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const [groups, setGroups] = useState<readonly Group[]>([]);
  /** Where the next page begins; null when there is none, undefined while one is on its way. */
  const [cursor, setCursor] = useState<string | null | undefined>(undefined);
  const mine = new Set(useStore(chat.rooms).rooms.map(({ key }) => key));

  async function read(from: string | null) {
    setCursor(undefined);
    const isRead = await attempt(async () => {
      const page = await chat.groups.listPublic(from);
      setGroups((before) => [...before, ...page.data]);
      setCursor(page.next_cursor);
    });
    if (!isRead) setCursor(from);
  }
  useEffect(() => void read(null), []);

  const open = (group: Group, isMine: boolean) =>
    attempt(async () => {
      if (!isMine) await chat.groups.join(group.id);
      onClose();
      go(roomHref(`group:${group.id}`));
    });

  return (
    <Dialog title="Public groups" onClose={onClose}>
      <ul class="rows">
        {groups.map((group) => {
          const isMine = mine.has(`group:${group.id}`);
          return (
            <li key={group.id} class="row person">
              <Avatar id={group.id} name={group.name} isGroup />
              <span class="row-text">
                <bdi class="row-title">{group.name}</bdi>
                <span class="row-note">
                  {group.member_count} {group.member_count === 1 ? "member" : "members"}
                  {group.description && (
                    <>
                      {" · "}
                      <bdi>{group.description}</bdi>
                    </>
                  )}
                </span>
              </span>
              <button
                type="button"
                class={isMine ? "button small" : "button small primary"}
                aria-label={`${isMine ? "Open" : "Join"} ${group.name}`}
                onClick={() => void open(group, isMine)}
              >
                {isMine ? "Open" : "Join"}
              </button>
            </li>
          );
        })}
      </ul>
      {cursor === null && groups.length === 0 && <p class="list-note">There are no public groups yet.</p>}
      {typeof cursor === "string" && (
        <button type="button" class="button" onClick={() => void read(cursor)}>
          Show more
        </button>
      )}
    </Dialog>
  );
}
