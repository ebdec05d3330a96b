// Every group, to be found by name; who is in it, and its deletion. What is written in it is not shown.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { type AdminGroup, type AdminMember, nameOf } from "../../../../sdk/index.ts";
import { isolate, memberCountText } from "../../lib/text.ts";
import { dateTimeOf, shortMoment } from "../../lib/time.ts";
import { go } from "../../state/route.ts";
import { errorText, toast, withErrorToast } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { PersonAvatar } from "../../ui/person.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { Act, Acts } from "./acts.tsx";
import { Mark } from "./chips.tsx";
import { Failure, PagedList, Skeleton, usePages } from "./pages.tsx";
import { ReasonField } from "./reason-field.tsx";
import { type AdminView, partHref } from "./section.ts";
import { Split } from "./split.tsx";

const SEARCH_DELAY_MS = 250;

const query = signal("");

export function Groups({ admin, id }: AdminView) {
  const wanted = query.value.trim();
  const pages = usePages<AdminGroup>(
    wanted,
    (cursor) => admin.listGroups(wanted || undefined, cursor),
    wanted ? SEARCH_DELAY_MS : 0,
  );
  return (
    <Split
      part="groups"
      title="Groups"
      tools={
        <SearchField
          label="Search by name"
          value={query.value}
          onChange={(text) => {
            query.value = text;
          }}
        />
      }
      list={
        <PagedList
          pages={pages}
          label="Groups"
          empty={{ icon: "chats", title: wanted ? "No group found" : "There are no groups yet" }}
          row={(group) => <GroupRow key={group.id} group={group} isOpen={group.id === id} />}
        />
      }
      detail={
        id === null
          ? null
          : {
              key: id,
              title: "Group",
              content: (
                <GroupPage
                  key={id}
                  admin={admin}
                  groupId={id}
                  onDeleted={() => {
                    pages.set(id, null);
                    go(partHref("groups"));
                  }}
                />
              ),
            }
      }
    />
  );
}

const GroupRow = ({ group, isOpen }: { group: AdminGroup; isOpen: boolean }) => (
  <li>
    <a class="row" href={partHref("groups", group.id)} aria-current={isOpen ? "true" : undefined}>
      <Avatar id={group.id} name={group.name} isGroup />
      <span class="row-text">
        <span class="row-top">
          <span class="row-title">
            <bdi>{group.name}</bdi>
          </span>
          <span class="row-time">
            <span class="visually-hidden">last active </span>
            {shortMoment(group.last_activity_at)}
          </span>
        </span>
        <span class="row-bottom">
          <span class="row-note">
            {memberCountText(group)} · owner <bdi>{nameOf(group.owner)}</bdi>
          </span>
        </span>
      </span>
    </a>
  </li>
);

interface GroupPageProps extends Pick<AdminView, "admin"> {
  groupId: number;
  onDeleted: () => void;
}

function GroupPage({ admin, groupId, onDeleted }: GroupPageProps) {
  const [group, setGroup] = useState<AdminGroup | null>(null);
  const [error, setError] = useState("");
  const [isDeleting, setDeleting] = useState(false);
  const load = () => {
    setError("");
    admin.getGroup(groupId).then(setGroup, (failure) => setError(errorText(failure)));
  };
  useEffect(load, [admin, groupId]);
  if (error !== "") return <Failure text={error} onRetry={load} />;
  if (!group) return <Skeleton />;
  return (
    <>
      <div class="portrait">
        <Avatar id={group.id} name={group.name} isGroup size="large" />
        <h3>
          <bdi>{group.name}</bdi>
        </h3>
        {group.is_private ? <Mark text="Private" /> : <Mark text="Public" kind="accent" />}
        {group.description && <p dir="auto">{group.description}</p>}
      </div>
      <Acts>
        <Act icon="trash" text="Delete group…" isDanger onPress={() => setDeleting(true)} />
      </Acts>
      <dl class="facts">
        <div>
          <dt>Owner</dt>
          <dd>
            <a href={partHref("people", group.owner.id)}>
              <bdi>{nameOf(group.owner)}</bdi>
            </a>
          </dd>
        </div>
        <div>
          <dt>Created</dt>
          <dd>{dateTimeOf(group.created_at)}</dd>
        </div>
        <div>
          <dt>Messages and events</dt>
          <dd>{group.event_count.toLocaleString("en")}</dd>
        </div>
        <div>
          <dt>Last active</dt>
          <dd>{dateTimeOf(group.last_activity_at)}</dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>{group.id}</dd>
        </div>
      </dl>
      <GroupMembers admin={admin} group={group} />
      {isDeleting && (
        <DeleteGroup admin={admin} group={group} onDeleted={onDeleted} onClose={() => setDeleting(false)} />
      )}
    </>
  );
}

function GroupMembers({ admin, group }: Pick<AdminView, "admin"> & { group: AdminGroup }) {
  const pages = usePages<AdminMember>(String(group.id), (cursor) => admin.listMembers(group.id, cursor));
  return (
    <section class="members">
      <h3>{memberCountText(group)}</h3>
      <PagedList
        pages={pages}
        label="Members"
        empty={{ icon: "people", title: "Nobody is in it" }}
        row={(member) => (
          <li key={member.id}>
            <a class="row" href={partHref("people", member.id)}>
              <PersonAvatar person={member} size="small" />
              <span class="row-text">
                <span class="row-top">
                  <span class="row-title">
                    <bdi>{nameOf(member)}</bdi>
                  </span>
                  {member.role !== "member" && (
                    <Mark text={member.role === "owner" ? "Owner" : "Admin"} kind="accent" />
                  )}
                </span>
                <span class="row-note">
                  <bdi dir="ltr">@{member.username}</bdi>
                </span>
              </span>
            </a>
          </li>
        )}
      />
    </section>
  );
}

interface DeleteGroupProps extends Pick<AdminView, "admin"> {
  group: AdminGroup;
  onDeleted: () => void;
  onClose: () => void;
}

function DeleteGroup({ admin, group, onDeleted, onClose }: DeleteGroupProps) {
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [isBusy, setBusy] = useState(false);
  const isConfirmed = typed.trim().normalize() === group.name.trim().normalize();
  return (
    <Dialog title={`Delete ${isolate(group.name)}?`} onClose={onClose}>
      <form
        noValidate
        onSubmit={async (event) => {
          event.preventDefault();
          if (!isConfirmed || isBusy) return;
          setBusy(true);
          const isDone = await withErrorToast(() => admin.deleteGroup(group.id, reason.trim() || undefined));
          setBusy(false);
          if (!isDone) return;
          toast("The group was deleted.");
          onClose();
          onDeleted();
        }}
      >
        <p class="about-section">
          <strong>This can’t be undone.</strong> The group goes, with all its messages and files, for its{" "}
          {memberCountText(group)}.
        </p>
        <Field
          label={`Type ${isolate(group.name)} to confirm`}
          name="confirm"
          autocomplete="off"
          isVerbatim
          autofocus
          value={typed}
          onInput={setTyped}
        />
        <ReasonField value={reason} onInput={setReason} hint="It stands in the audit log." />
        <div class="actions">
          <button type="button" class="button plain" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button danger" disabled={!isConfirmed || isBusy}>
            Delete group
          </button>
        </div>
      </form>
    </Dialog>
  );
}
