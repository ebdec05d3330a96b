// The members of a group, with the actions that the user may take on each.
import { useState } from "preact/hooks";
import {
  type Account,
  type Chat,
  can,
  type Group,
  type GroupAction,
  nameOf,
  type Person,
  type RoomMember,
  type RoomSnapshot,
} from "../../../../sdk/index.ts";
import { memberCountText } from "../../lib/text.ts";
import { untilOf } from "../../lib/time.ts";
import { useStore } from "../../lib/use-store.ts";
import { currentNameOf, fullNameInText, nameInText, openConversation, showProfile } from "../../state/person.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Menu } from "../../ui/menu.tsx";
import type { MenuItem } from "../../ui/menu-list.tsx";
import { PersonRow } from "../people/person-row.tsx";

/** In the order of the list. */
const ROLE_LABELS = { owner: "Owner", admin: "Admin", member: "" };
const ORDER = Object.keys(ROLE_LABELS);
const HOUR_MS = 3_600_000;

interface GroupMembersProps {
  chat: Chat;
  me: Account;
  group: Group;
  snapshot: RoomSnapshot;
}

export function GroupMembers({ chat, me, group, snapshot }: GroupMembersProps) {
  const presence = useStore(chat.presence);
  const [pending, setPending] = useState<PendingAction | null>(null);
  const { members, hasMoreMembers } = snapshot;
  const sorted = [...members].sort(
    (a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role) || nameOf(a).localeCompare(nameOf(b)),
  );
  return (
    <section class="members">
      <h3>{memberCountText(group)}</h3>
      <ul class="rows">
        {sorted.map((member) => (
          <PersonRow
            key={member.user_id}
            person={personOf(member)}
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
            onOpen={member.user_id === me.id ? undefined : () => showProfile(personOf(member))}
          >
            {member.user_id !== me.id && (
              <Menu
                label={`Actions for ${currentNameOf(personOf(member))}`}
                items={itemsFor(chat, group, member, setPending)}
              />
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
      {pending && <ConfirmPending chat={chat} group={group} action={pending} onClose={() => setPending(null)} />}
    </section>
  );
}

const personOf = ({ user_id: id, username, display_name, avatar, status }: RoomMember): Person => ({
  id,
  username,
  ...(display_name !== undefined && { display_name }),
  ...(avatar !== undefined && { avatar }),
  ...(status && { status }),
});

/** An action that needs confirmation. */
interface PendingAction {
  kind: "transfer" | "remove" | "ban";
  member: RoomMember;
}

interface ConfirmPendingProps {
  chat: Chat;
  group: Group;
  action: PendingAction;
  onClose: () => void;
}

function ConfirmPending({ chat: { groups }, group, action: { kind, member }, onClose }: ConfirmPendingProps) {
  const name = nameInText(personOf(member));
  const fullName = fullNameInText(personOf(member));
  if (kind === "ban") {
    return (
      <ConfirmDialog
        title={`Remove and ban ${fullName}?`}
        text="They won’t be able to join or be added again until the ban is lifted."
        action="Remove and ban"
        onConfirm={() =>
          void withErrorToast(() => groups.ban(group.id, member.user_id), `${name} was banned from the group.`)
        }
        onClose={onClose}
      />
    );
  }
  return kind === "remove" ? (
    <ConfirmDialog
      title={`Remove ${fullName} from the group?`}
      text={
        group.is_private
          ? "They can only return if an admin adds them again."
          : "This group is public, so they can join again unless you ban them."
      }
      action="Remove"
      onConfirm={() =>
        void withErrorToast(() => groups.removeMember(group.id, member.user_id), `${name} was removed from the group.`)
      }
      onClose={onClose}
    />
  ) : (
    <ConfirmDialog
      title={`Make ${fullName} the owner?`}
      text="They’ll become the owner and you’ll become an admin. Only they can make you the owner again."
      action="Make owner"
      onConfirm={() => void withErrorToast(() => groups.setRole(group.id, member.user_id, "owner"))}
      onClose={onClose}
    />
  );
}

function noteOf({ role, is_muted, muted_until }: RoomMember) {
  const mute = !is_muted ? "" : muted_until ? `Muted until ${untilOf(muted_until)}` : "Muted";
  return [ROLE_LABELS[role], mute].filter(Boolean).join(", ");
}

function itemsFor(chat: Chat, group: Group, member: RoomMember, confirm: (action: PendingAction) => void): MenuItem[] {
  const { user_id: userId, role, is_muted } = member;
  const { groups } = chat;
  const items: MenuItem[] = [
    { label: `Message ${nameInText(personOf(member))}`, onSelect: () => void openConversation(chat, userId) },
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
      { label: "Make owner", onSelect: () => confirm({ kind: "transfer", member }) },
    );
  }
  if (is_muted && may("unmuteMember"))
    items.push({ label: "Unmute", onSelect: () => void withErrorToast(() => groups.unmute(group.id, userId)) });
  if (!is_muted && may("muteMember"))
    items.push(mute("Mute for 1 hour", 1), mute("Mute for 1 day", 24), mute("Mute indefinitely", null));
  if (may("removeMember"))
    items.push({ label: "Remove from group", onSelect: () => confirm({ kind: "remove", member }), isDanger: true });
  if (may("banUser"))
    items.push({ label: "Remove and ban", onSelect: () => confirm({ kind: "ban", member }), isDanger: true });
  return items;
}
