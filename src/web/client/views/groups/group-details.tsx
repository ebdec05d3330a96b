// The details of a group: its name, members and bans, and the actions that the user may take.
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
import { lazy } from "../../lib/lazy.tsx";
import { isolate } from "../../lib/text.ts";
import { nameInText } from "../../state/person.ts";
import { listHref, openRoom, replaceRoute, tab } from "../../state/route.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { ConfirmDialog, Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { PeoplePicker } from "../people/people-picker.tsx";
import { report } from "../reports/report.tsx";
import { DetailsPanel } from "../room/details-panel.tsx";
import { GroupBans } from "./group-bans.tsx";
import { GroupFields } from "./group-fields.tsx";
import { GroupMembers } from "./group-members.tsx";

const GroupReports = lazy(async () => (await import("./group-reports.tsx")).GroupReports);
const GroupInvites = lazy(async () => (await import("./group-invites.tsx")).GroupInvites);

interface GroupDetailsProps {
  chat: Chat;
  me: Account;
  group: Extract<RoomInfo, { kind: "group" }>;
  snapshot: RoomSnapshot;
  onClose: () => void;
}

export function GroupDetails({ chat, me, group, snapshot, onClose }: GroupDetailsProps) {
  const [dialog, setDialog] = useState<"edit" | "add" | "invites" | "leave" | "delete" | null>(null);
  const close = () => setDialog(null);
  const may = (action: GroupAction) => can(group.role, action);
  /** Leaves or deletes the group, and closes its room. */
  const exit = async (operation: () => Promise<void>, successText: string) => {
    if ((await withErrorToast(operation, successText)) && openRoom.peek() === group.key)
      replaceRoute(listHref(tab.peek()));
  };
  const isMember = snapshot.status !== "gone";
  return (
    <DetailsPanel title="Group details" onClose={onClose}>
      <div class="portrait">
        <Avatar id={group.id} name={group.name} isGroup size="large" />
        <h3>
          <bdi>{group.name}</bdi>
        </h3>
        {group.description && <p dir="auto">{group.description}</p>}
        <p class="text-muted">
          <Icon name={group.is_private ? "lock" : "globe"} size={16} />
          {group.is_private ? "Private: only members can see it" : "Public: anyone can find and join it"}
        </p>
      </div>
      {isMember && may("updateGroup") && (
        <div class="stack">
          {may("addMember") && (
            <button type="button" class="button" onClick={() => setDialog("add")}>
              <Icon name="plus" size={18} /> Add people
            </button>
          )}
          {may("createInvite") && (
            <button type="button" class="button" onClick={() => setDialog("invites")}>
              <Icon name="link" size={18} /> Invite links
            </button>
          )}
          {may("listReports") && <GroupReports chat={chat} group={group} />}
          <button type="button" class="button" onClick={() => setDialog("edit")}>
            <Icon name="pencil" size={18} /> Edit group
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
          {group.owner_id !== me.id && (
            <button
              type="button"
              class="button"
              onClick={() => report({ kind: "group", id: group.id, name: group.name })}
            >
              <Icon name="flag" size={18} /> Report group…
            </button>
          )}
          {may("deleteGroup") && (
            <button type="button" class="button danger-text" onClick={() => setDialog("delete")}>
              <Icon name="trash" size={18} /> Delete group
            </button>
          )}
          {may("leaveGroup") && (
            <button type="button" class="button danger-text" onClick={() => setDialog("leave")}>
              <Icon name="leave" size={18} /> Leave group
            </button>
          )}
          {group.role && !may("leaveGroup") && <p class="text-muted">To leave, first make another member the owner.</p>}
        </div>
      )}
      {dialog === "edit" && <EditGroup chat={chat} group={group} onClose={close} />}
      {dialog === "add" && (
        <AddPeople chat={chat} group={group} taken={snapshot.members.map(({ user_id }) => user_id)} onClose={close} />
      )}
      {dialog === "invites" && <GroupInvites chat={chat} groupId={group.id} onClose={close} />}
      {dialog === "leave" && (
        <ConfirmDialog
          title={`Leave ${isolate(group.name)}?`}
          text={
            group.is_private ? "You can only return if an admin adds you again." : "You can join again at any time."
          }
          action="Leave"
          onConfirm={() => void exit(() => chat.groups.leave(group.id), `You left ${isolate(group.name)}.`)}
          onClose={close}
        />
      )}
      {dialog === "delete" && (
        <ConfirmDialog
          title={`Delete ${isolate(group.name)}?`}
          text="The group and all its messages will be deleted for everyone. This can’t be undone."
          action="Delete"
          onConfirm={() => void exit(() => chat.groups.delete(group.id), `${isolate(group.name)} was deleted.`)}
          onClose={close}
        />
      )}
    </DetailsPanel>
  );
}

function EditGroup({ chat, group, onClose }: { chat: Chat; group: Group; onClose: () => void }) {
  return (
    <Dialog title="Edit group" onClose={onClose}>
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
            `${nameInText(person)} was added to the group.`,
          )
        }
      />
    </Dialog>
  );
}
