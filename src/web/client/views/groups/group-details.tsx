// A group: what it is called, who is in it, and what one may do about either. What one may not do is not shown.
import { useState } from "preact/hooks";
import {
  type Account,
  type Chat,
  can,
  type Group,
  type GroupAction,
  type RoomInfo,
  type RoomSnapshot,
} from "../../../../sdk/index.ts";
import { isolate } from "../../lib/text.ts";
import { listHref, moveTo, openRoom, tab } from "../../state/route.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Confirm, Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { PeoplePicker } from "../people/people-picker.tsx";
import { DetailsPanel } from "../room/details-panel.tsx";
import { GroupBans } from "./group-bans.tsx";
import { GroupFields } from "./group-fields.tsx";
import { GroupMembers } from "./group-members.tsx";

interface GroupDetailsProps {
  chat: Chat;
  me: Account;
  group: Extract<RoomInfo, { kind: "group" }>;
  snapshot: RoomSnapshot;
  onClose: () => void;
}

export function GroupDetails({ chat, me, group, snapshot, onClose }: GroupDetailsProps) {
  const [window, setWindow] = useState<"edit" | "add" | "leave" | "delete" | null>(null);
  const close = () => setWindow(null);
  const may = (action: GroupAction) => can(group.role, action);
  /** Nothing of the group is left to show afterwards. */
  const part = async (work: () => Promise<void>, done: string) => {
    if ((await withErrorToast(work, done)) && openRoom.peek() === group.key) moveTo(listHref(tab.peek()));
  };
  const isMember = snapshot.status !== "gone";
  return (
    <DetailsPanel title="Group" onClose={onClose}>
      <div class="portrait">
        <Avatar id={group.id} name={group.name} isGroup size="large" />
        <h3>
          <bdi>{group.name}</bdi>
        </h3>
        {group.description && <p dir="auto">{group.description}</p>}
        <p class="text-muted">
          <Icon name={group.is_private ? "lock" : "globe"} size={16} />
          {group.is_private ? "Private: only members can see it" : "Public: anyone can join"}
        </p>
      </div>
      {isMember && may("updateGroup") && (
        <div class="stack">
          {may("addMember") && (
            <button type="button" class="button" onClick={() => setWindow("add")}>
              <Icon name="plus" size={18} /> Add people
            </button>
          )}
          <button type="button" class="button" onClick={() => setWindow("edit")}>
            <Icon name="pencil" size={18} /> Edit
          </button>
          {may("setVisibility") && (
            <button
              type="button"
              class="button"
              onClick={() => void withErrorToast(() => chat.groups.setVisibility(group.id, !group.is_private))}
            >
              <Icon name={group.is_private ? "globe" : "lock"} size={18} />
              {group.is_private ? "Make public" : "Make private"}
            </button>
          )}
        </div>
      )}
      {isMember && <GroupMembers chat={chat} me={me} group={group} snapshot={snapshot} />}
      {isMember && may("listBans") && <GroupBans chat={chat} groupId={group.id} memberCount={group.member_count} />}
      {isMember && (
        <div class="stack">
          {may("deleteGroup") && (
            <button type="button" class="button danger-text" onClick={() => setWindow("delete")}>
              <Icon name="trash" size={18} /> Delete the group
            </button>
          )}
          {may("leaveGroup") && (
            <button type="button" class="button danger-text" onClick={() => setWindow("leave")}>
              <Icon name="leave" size={18} /> Leave the group
            </button>
          )}
          {group.role && !may("leaveGroup") && <p class="text-muted">To leave, make another member the owner first.</p>}
        </div>
      )}
      {window === "edit" && <EditGroup chat={chat} group={group} onClose={close} />}
      {window === "add" && (
        <AddPeople chat={chat} group={group} taken={snapshot.members.map(({ user_id }) => user_id)} onClose={close} />
      )}
      {window === "leave" && (
        <Confirm
          title={`Leave ${isolate(group.name)}?`}
          text={
            group.is_private ? "You can only come back if someone adds you again." : "You can join again at any time."
          }
          action="Leave"
          onConfirm={() => void part(() => chat.groups.leave(group.id), `You left ${isolate(group.name)}.`)}
          onClose={close}
        />
      )}
      {window === "delete" && (
        <Confirm
          title={`Delete ${isolate(group.name)}?`}
          text="The group and all its messages will be deleted for everyone. This can’t be undone."
          action="Delete"
          onConfirm={() => void part(() => chat.groups.delete(group.id), `${isolate(group.name)} was deleted.`)}
          onClose={close}
        />
      )}
    </DetailsPanel>
  );
}

function EditGroup({ chat, group, onClose }: { chat: Chat; group: Group; onClose: () => void }) {
  return (
    <Dialog title="Name and description" onClose={onClose}>
      <GroupFields
        name={group.name}
        description={group.description}
        action="Save"
        onSubmit={async (change) => {
          await chat.groups.update(group.id, change);
          onClose();
        }}
      />
    </Dialog>
  );
}

interface AddPeopleProps {
  chat: Chat;
  group: Group;
  taken: readonly number[];
  onClose: () => void;
}

function AddPeople({ chat, group, taken, onClose }: AddPeopleProps) {
  return (
    <Dialog title="Add people" onClose={onClose}>
      <PeoplePicker
        chat={chat}
        taken={taken}
        onPick={(person) =>
          void withErrorToast(
            () => chat.groups.addMember(group.id, person.id),
            `${isolate(person.username)} is in the group.`,
          )
        }
      />
    </Dialog>
  );
}
