// Who did what to whom, when and from where. Newest first, without an end; as a file for other programs.
import { useState } from "preact/hooks";
import { type AuditFilter, type AuditRecord, nameOf, type Person } from "../../../../sdk/index.ts";
import { dateTimeOf, dayTitle, timeOf } from "../../lib/time.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { clearFilter, event, from, person, to } from "./audit-filter.ts";
import { detailsText, eventName, GROUPS_OF_EVENTS } from "./audit-text.ts";
import { PagedList, usePages } from "./pages.tsx";
import { PersonPicker } from "./person-picker.tsx";
import { type AdminView, partHref } from "./section.ts";
import { Split } from "./split.tsx";

/** The days are the reader's: from the first moment of one to the last of the other. */
function filterOf(): AuditFilter {
  return {
    ...(event.value && { event: event.value }),
    ...(person.value && { user: person.value.id }),
    ...(from.value && { from: new Date(`${from.value}T00:00:00`).toISOString() }),
    ...(to.value && { to: new Date(`${to.value}T23:59:59.999`).toISOString() }),
  };
}

export function Audit({ admin }: AdminView) {
  const [isPicking, setPicking] = useState(false);
  const [isExporting, setExporting] = useState(false);
  const filter = filterOf();
  const pages = usePages<AuditRecord>(JSON.stringify(filter), (cursor) => admin.listAudit(filter, cursor));
  const hasFilter = Object.keys(filter).length > 0;

  async function save() {
    if (isExporting) return;
    setExporting(true);
    await withErrorToast(async () => {
      const text = await new Response(await admin.exportAudit(filter, "csv")).blob();
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
      link.download = `audit-${new Date().toISOString().slice(0, 10)}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    }, "The file is in your downloads.");
    setExporting(false);
  }

  /** The day above the first entry of it. */
  let day = "";
  return (
    <Split
      part="audit"
      title="Audit log"
      actions={
        <button type="button" class="button" aria-busy={isExporting} onClick={() => void save()}>
          <Icon name="download" size={18} />
          <span>
            <span class="wide-only">Export as </span>CSV
          </span>
        </button>
      }
      tools={
        <div class="audit-filter">
          <label>
            <span>What</span>
            <select
              value={event.value}
              onChange={({ currentTarget }) => {
                event.value = currentTarget.value;
              }}
            >
              <option value="">Everything</option>
              {GROUPS_OF_EVENTS.map(([title, names]) => (
                <optgroup key={title} label={title}>
                  {names.map((name) => (
                    <option key={name} value={name}>
                      {eventName(name)}
                    </option>
                  ))}
                </optgroup>
              ))}
            </select>
          </label>
          <div class="audit-whom">
            <span id="audit-whom">Whom</span>
            <button type="button" class="button" aria-describedby="audit-whom" onClick={() => setPicking(true)}>
              {person.value ? <bdi>{nameOf(person.value)}</bdi> : "Anybody"}
            </button>
          </div>
          <label>
            <span>From</span>
            <input
              type="date"
              value={from.value}
              max={to.value || undefined}
              onChange={({ currentTarget }) => {
                from.value = currentTarget.value;
              }}
            />
          </label>
          <label>
            <span>To</span>
            <input
              type="date"
              value={to.value}
              min={from.value || undefined}
              onChange={({ currentTarget }) => {
                to.value = currentTarget.value;
              }}
            />
          </label>
          {hasFilter && (
            <button type="button" class="button plain" onClick={clearFilter}>
              Clear
            </button>
          )}
        </div>
      }
      list={
        <>
          <PagedList
            pages={pages}
            label="Entries"
            empty={{ icon: "clock", title: hasFilter ? "Nothing like this happened" : "Nothing happened yet" }}
            row={(entry) => {
              const title = dayTitle(entry.at);
              const isFirst = title !== day;
              day = title;
              return [
                isFirst && (
                  <li key={title} class="audit-day">
                    <h3>{title}</h3>
                  </li>
                ),
                <Entry key={entry.id} entry={entry} />,
              ];
            }}
          />
          {isPicking && (
            <Dialog title="Whose entries?" onClose={() => setPicking(false)}>
              <PersonPicker
                admin={admin}
                onPick={(picked) => {
                  person.value = picked;
                  setPicking(false);
                }}
              />
              {person.value && (
                <div class="actions">
                  <button
                    type="button"
                    class="button"
                    onClick={() => {
                      person.value = null;
                      setPicking(false);
                    }}
                  >
                    Show everybody’s
                  </button>
                </div>
              )}
            </Dialog>
          )}
        </>
      }
    />
  );
}

function Entry({ entry }: { entry: AuditRecord }) {
  const { at, actor, user, group, address, details } = entry;
  const isOwn = actor !== undefined && actor.id === user?.id;
  const more = detailsText(details ?? {});
  return (
    <li class="audit-entry">
      <time class="row-time" dateTime={at} title={dateTimeOf(at)}>
        {timeOf(at)}
      </time>
      <div>
        <p>
          <strong>{eventName(entry.event)}</strong>
          {user && (
            <>
              {isOwn ? " by " : ": "}
              <PersonLink person={user} />
            </>
          )}
          {group && (
            <>
              {" in "}
              <a href={partHref("groups", group.id)}>
                <bdi>{group.name ?? `group ${group.id}`}</bdi>
              </a>
            </>
          )}
        </p>
        <p class="text-muted">
          {!isOwn && (
            <>
              By {actor ? <PersonLink person={actor} /> : "the command line or the system"}
              {(address || more.length > 0) && " · "}
            </>
          )}
          {address && (
            <>
              from <bdi dir="ltr">{address}</bdi>
              {more.length > 0 && " · "}
            </>
          )}
          {more.map(([name, value], index) => (
            <span key={name}>
              {index > 0 && " · "}
              {name} <bdi>{value}</bdi>
            </span>
          ))}
        </p>
      </div>
    </li>
  );
}

const PersonLink = ({ person: one }: { person: Person }) => (
  <a href={partHref("people", one.id)}>
    <bdi>{nameOf(one)}</bdi>
  </a>
);
