// Reports of a group's messages, for its admins: how many are open, and a dialog to decide about them.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Chat, can, type Group, type GroupReport } from "../../../../sdk/index.ts";
import { summaryOf } from "../../lib/message-text.ts";
import { whenOf } from "../../lib/time.ts";
import { fullNameInText, nameInText } from "../../state/person.ts";
import { messageHref, replaceRoute } from "../../state/route.ts";
import { errorText, withErrorToast } from "../../state/toasts.ts";
import { Badge } from "../../ui/badge.tsx";
import { ConfirmDialog, Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { PersonName } from "../../ui/person.tsx";

const REASONS: Record<GroupReport["reason"], string> = {
  spam: "Spam",
  abuse: "Abuse",
  illegal: "Against the law",
  other: "Something else",
};

type Decision = Parameters<Chat["groups"]["closeReport"]>[2];

interface GroupReportsProps {
  chat: Chat;
  group: Group;
}

/** The button that leads to them, with how many there are. */
export function GroupReports({ chat, group }: GroupReportsProps) {
  const [open, setOpen] = useState<readonly GroupReport[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isShown, setShown] = useState(false);

  async function load(from: string | null = null) {
    const { data, next_cursor } = await chat.groups.listReports(group.id, { cursor: from });
    setOpen((known) => (from === null ? data : [...known, ...data]));
    setCursor(next_cursor);
    setError(null);
  }
  const reload = () => void load().catch(setError);
  useEffect(() => {
    reload();
    return chat.onReport(({ group_id }) => void (group_id === group.id && reload()));
  }, [chat, group.id]);

  return (
    <>
      <button
        type="button"
        class="button"
        onClick={() => {
          reload();
          setShown(true);
        }}
      >
        <Icon name="flag" size={18} /> Reports <Badge count={open.length} label="open" />
      </button>
      {isShown && (
        <Dialog title="Reports" onClose={() => setShown(false)}>
          <p class="text-muted">
            Members reported these messages. You see what was written then, even if it was changed since, and not who
            reported it.
          </p>
          {error !== null && (
            <p class="form-error" role="alert">
              {errorText(error)}{" "}
              <button type="button" class="link" onClick={reload}>
                Try again
              </button>
            </p>
          )}
          <ReportList
            chat={chat}
            group={group}
            reports={open}
            onShow={(messageId) => {
              setShown(false);
              // The details close as well: on a small screen they cover the chat.
              replaceRoute(messageHref(`group:${group.id}`, messageId));
            }}
            onClosed={(closed) => setOpen((known) => known.filter(({ id }) => id !== closed.id))}
          />
          {cursor && (
            <button type="button" class="button" onClick={() => void withErrorToast(() => load(cursor))}>
              Show more
            </button>
          )}
        </Dialog>
      )}
    </>
  );
}

interface ReportListProps extends GroupReportsProps {
  reports: readonly GroupReport[];
  onShow: (messageId: number) => void;
  onClosed: (report: GroupReport) => void;
}

function ReportList({ chat, group, reports, onShow, onClosed }: ReportListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [pending, setPending] = useState<{ report: GroupReport; action: "delete_message" | "ban_user" } | null>(null);

  const close = (report: GroupReport, decision: Decision, successText: string) =>
    withErrorToast(async () => {
      await chat.groups.closeReport(group.id, report.id, decision);
      onClosed(report);
      // The button that had it goes with the report.
      list.current?.focus();
    }, successText);

  return (
    <div ref={list} tabIndex={-1} class="reports">
      {reports.length === 0 && <p class="list-note">No open reports.</p>}
      <ul aria-label="Open reports">
        {reports.map((report) => (
          <li key={report.id} class="report">
            <ReportedText report={report} onShow={onShow} />
            <span class="actions">
              <button
                type="button"
                class="button small"
                aria-label={`Dismiss ${nameOf(report)}`}
                onClick={() => void close(report, { status: "dismissed" }, "The report was dismissed.")}
              >
                Dismiss
              </button>
              {report.message && can(group.role, "banUser") && (
                <button
                  type="button"
                  class="button small danger-text"
                  aria-label={`Ban the sender in ${nameOf(report)}`}
                  onClick={() => setPending({ report, action: "ban_user" })}
                >
                  Ban
                </button>
              )}
              {report.message?.deleted ? (
                <button
                  type="button"
                  class="button small"
                  aria-label={`Settle ${nameOf(report)}`}
                  onClick={() => void close(report, { status: "resolved" }, "The report is settled.")}
                >
                  Settled
                </button>
              ) : (
                <button
                  type="button"
                  class="button small danger-text"
                  aria-label={`Delete the message in ${nameOf(report)}`}
                  onClick={() => setPending({ report, action: "delete_message" })}
                >
                  Delete
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {pending &&
        (pending.action === "delete_message" ? (
          <ConfirmDialog
            title="Delete this message?"
            text="It will be deleted for everyone. This can’t be undone."
            action="Delete"
            onConfirm={() =>
              void close(
                pending.report,
                { status: "resolved", action: "delete_message" },
                "The message was deleted, and the report is settled.",
              )
            }
            onClose={() => setPending(null)}
          />
        ) : (
          <ConfirmDialog
            title={`Remove and ban ${fullNameInText(pending.report.message!.sender)}?`}
            text="They won’t be able to join or be added again until the ban is lifted. The message stays."
            action="Remove and ban"
            onConfirm={() =>
              void close(
                pending.report,
                { status: "resolved", action: "ban_user" },
                `${nameInText(pending.report.message!.sender)} was banned from the group, and the report is settled.`,
              )
            }
            onClose={() => setPending(null)}
          />
        ))}
    </div>
  );
}

interface ReportedTextProps {
  report: GroupReport;
  onShow: (messageId: number) => void;
}

function ReportedText({ report: { message, reason, comment, created_at }, onShow }: ReportedTextProps) {
  return (
    <>
      {message && (
        <blockquote class="reported">
          <PersonName class="reported-sender" person={message.sender} />
          <span dir="auto">{summaryOf(message)}</span>
          {message.deleted && <span class="text-muted">Deleted since</span>}
        </blockquote>
      )}
      <p class="report-reason">
        <strong>{REASONS[reason]}</strong> <span class="text-muted">reported {whenOf(created_at)}</span>{" "}
        {message && !message.deleted && (
          <button type="button" class="link" onClick={() => onShow(message.id)}>
            Show in chat
          </button>
        )}
      </p>
      {comment && <p dir="auto">{comment}</p>}
    </>
  );
}

/** For screen readers, to tell one button from the next. */
const nameOf = ({ message }: GroupReport) =>
  message ? `the report of ${nameInText(message.sender)}: ${summaryOf(message).slice(0, 60)}` : "the report";
