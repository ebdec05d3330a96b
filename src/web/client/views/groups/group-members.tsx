// Who is in a group, and what one may do about each.
import { useState } from "preact/hooks";
import {
  type Account,
  type Chat,
  can,
  type Group,
  type GroupAction,
  type RoomMember,
  type RoomSnapshot,
} from "../../../../sdk/index.ts";
import { isolate } from "../../lib/text.ts";
import { untilOf } from "../../lib/time.ts";
import { useStore } from "../../lib/use-store.ts";
import { openConversation, showProfile } from "../../state/person.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Confirm } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Menu } from "../../ui/menu.tsx";
import type { MenuItem } from "../../ui/menu-list.tsx";
import { PersonRow } from "../people/person-row.tsx";

/** In the order in which they are listed. */
const TITLES = { owner: "Owner", admin: "Admin", member: "" };
const ORDER = Object.keys(TITLES);
const HOUR_MS = 3_600_000;

interface GroupMembersProps {
  chat: Chat;
  me: Account;
  group: Group;
  snapshot: RoomSnapshot;
}

export function GroupMembers({ chat, me, group, snapshot }: GroupMembersProps) {
  const presence = useStore(chat.presence);
  const [asked, setAsked] = useState<Asked | null>(null);
  const { members, hasMoreMembers } = snapshot;
  const sorted = [...members].sort(
    (a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role) || a.username.localeCompare(b.username),
  );
  return (
    <section class="members">
      <h3>
        {group.member_count} {group.member_count === 1 ? "member" : "members"}
      </h3>
      <ul class="rows">
        {sorted.map((member) => (
          <PersonRow
            key={member.user_id}
            person={{ id: member.user_id, username: member.username }}
            size="small"
            isOnline={presence[member.user_id]?.online === true}
            isSelf={member.user_id === me.id}
            note={
              noteOf(member) && (
                <>
                  {member.is_muted && <Icon name="muted" size={14} />}
                  {noteOf(member)}
                </>
              )
            }
            onOpen={
              member.user_id === me.id
                ? undefined
                : () => showProfile({ id: member.user_id, username: member.username })
            }
          >
            {member.user_id !== me.id && (
              <Menu label={`Actions for ${member.username}`} items={itemsFor(chat, group, member, setAsked)} />
            )}
          </PersonRow>
        ))}
      </ul>
      {hasMoreMembers && (
        <button
          type="button"
          class="button"
          onClick={() => void withErrorToast(() => chat.room(snapshot.key).loadMembers())}
        >
          Show more
        </button>
      )}
      {asked && <ConfirmAsked chat={chat} group={group} asked={asked} onClose={() => setAsked(null)} />}
    </section>
  );
}

/** What one is asked about first. */
interface Asked {
  what: "hand over" | "remove" | "ban";
  member: RoomMember;
}

interface ConfirmAskedProps {
  chat: Chat;
  group: Group;
  asked: Asked;
  onClose: () => void;
}

function ConfirmAsked({ chat: { groups }, group, asked: { what, member }, onClose }: ConfirmAskedProps) {
  const name = isolate(member.username);
  if (what === "ban") {
    return (
      <Confirm
        title={`Remove and ban ${name}?`}
        text="They won’t be able to join or be added again until you lift the ban."
        action="Remove and ban"
        onConfirm={() =>
          void withErrorToast(() => groups.ban(group.id, member.user_id), `${name} is banned from the group.`)
        }
        onClose={onClose}
      />
    );
  }
  return what === "remove" ? (
    <Confirm
      title={`Remove ${name} from the group?`}
      text={
        group.is_private
          ? "They can only come back if someone adds them again."
          : "This group is public, so they can join again unless you ban them."
      }
      action="Remove"
      onConfirm={() =>
        void withErrorToast(() => groups.removeMember(group.id, member.user_id), `${name} is out of the group.`)
      }
      onClose={onClose}
    />
  ) : (
    <Confirm
      title={`Make ${name} the owner?`}
      text="They become the owner and you become an admin. Only they can give it back."
      action="Make owner"
      onConfirm={() => void withErrorToast(() => groups.setRole(group.id, member.user_id, "owner"))}
      onClose={onClose}
    />
  );
}

function noteOf({ role, is_muted, muted_until }: RoomMember) {
  const mute = !is_muted ? "" : muted_until ? `Muted until ${untilOf(muted_until)}` : "Muted";
  return [TITLES[role], mute].filter(Boolean).join(", ");
}

function itemsFor(chat: Chat, group: Group, member: RoomMember, ask: (asked: Asked) => void): MenuItem[] {
  const { user_id: userId, username, role, is_muted } = member;
  const { groups } = chat;
  const items: MenuItem[] = [
    { label: `Write to ${isolate(username)}`, onSelect: () => void openConversation(chat, userId) },
  ];
  const may = (action: GroupAction) => can(group.role, action, role);
  const mute = (label: string, hours: number | null) => ({
    label,
    onSelect: () =>
      void withErrorToast(() =>
        groups.mute(group.id, userId, hours === null ? null : new Date(Date.now() + hours * HOUR_MS).toISOString()),
      ),
  });
  if (may("setRole")) {
    items.push(
      role === "admin"
        ? {
            label: "Remove as admin",
            onSelect: () => void withErrorToast(() => groups.setRole(group.id, userId, "member")),
          }
        : { label: "Make admin", onSelect: () => void withErrorToast(() => groups.setRole(group.id, userId, "admin")) },
      { label: "Make owner", onSelect: () => ask({ what: "hand over", member }) },
    );
  }
  if (is_muted && may("unmuteMember"))
    items.push({ label: "Unmute", onSelect: () => void withErrorToast(() => groups.unmute(group.id, userId)) });
  if (!is_muted && may("muteMember"))
    items.push(mute("Mute for 1 hour", 1), mute("Mute for 1 day", 24), mute("Mute", null));
  if (may("removeMember"))
    items.push({ label: "Remove from group", onSelect: () => ask({ what: "remove", member }), isDanger: true });
  if (may("banUser"))
    items.push({ label: "Remove and ban", onSelect: () => ask({ what: "ban", member }), isDanger: true });
  return items;
}
