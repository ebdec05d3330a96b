// What people have reported: what was said, by whom and where, and what is done about it.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { nameOf, type Person, type Report, type ReportDecision } from "../../../../sdk/index.ts";
import { dateTimeOf, shortMoment } from "../../lib/time.ts";
import { fullNameInText } from "../../state/person.ts";
import { toast, withErrorToast } from "../../state/toasts.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { PersonAvatar, PersonName } from "../../ui/person.tsx";
import { BanDialog } from "./ban-dialog.tsx";
import { Choice, Mark } from "./chips.tsx";
import { PagedList, usePages } from "./pages.tsx";
import { type AdminView, partHref } from "./section.ts";
import { Split } from "./split.tsx";

type Shown = "open" | "resolved" | "dismissed";
const CHOICES = [
  ["open", "Open"],
  ["resolved", "Resolved"],
  ["dismissed", "Dismissed"],
] as const satisfies readonly (readonly [Shown, string])[];

const EMPTY = {
  open: { icon: "check", title: "Nothing to look at", text: "Reports that people make appear here." },
  resolved: { icon: "flag", title: "No report was resolved yet" },
  dismissed: { icon: "flag", title: "No report was dismissed yet" },
} as const;

const REASONS: Record<string, string> = { spam: "Spam", abuse: "Abuse", illegal: "Illegal", other: "Other" };

const shown = signal<Shown>("open");

export function Reports({ chat, me, admin }: AdminView) {
  const pages = usePages<Report>(shown.value, (cursor) => admin.listReports(shown.value, cursor));
  const refresh = useRef(pages.refresh);
  refresh.current = pages.refresh;
  useEffect(
    () =>
      chat.onReport(() => {
        if (shown.peek() === "open") refresh.current();
      }),
    [chat],
  );
  async function decide(report: Report, decision: ReportDecision, done: string): Promise<boolean> {
    return withErrorToast(async () => {
      await admin.decideReport(report.id, decision);
      pages.set(report.id, null);
      toast(done);
    });
  }
  return (
    <Split
      part="reports"
      title="Reports"
      tools={
        <Choice
          label="Which reports"
          options={CHOICES}
          value={shown.value}
          onChange={(value) => {
            shown.value = value;
          }}
        />
      }
      list={
        <PagedList
          pages={pages}
          label="Reports"
          empty={EMPTY[shown.value]}
          row={(report) => (
            <ReportCard key={report.id} report={report} isSelf={senderOf(report)?.id === me.id} onDecide={decide} />
          )}
        />
      }
    />
  );
}

/** Whom the report is about; null for a group. */
const senderOf = ({ message, user }: Report): Person | null => message?.sender ?? user ?? null;

type Asking = "dismiss" | "resolve" | "delete" | "ban" | "both";

interface ReportCardProps {
  report: Report;
  isSelf: boolean;
  onDecide: (report: Report, decision: ReportDecision, done: string) => Promise<boolean>;
}

function ReportCard({ report, isSelf, onDecide }: ReportCardProps) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const { message, group, reporter } = report;
  const about = senderOf(report);
  const isOpen = report.status === "open";
  const close = () => setAsking(null);
  const action = (what: Asking, text: string, kind = "") => (
    <button type="button" class={`button small ${kind}`} onClick={() => setAsking(what)}>
      {text}
    </button>
  );
  return (
    <li class="report">
      <header>
        <Mark text={REASONS[report.reason] ?? report.reason} kind={report.reason === "other" ? "plain" : "danger"} />
        <span class="report-what">{message ? "Message" : group && !about ? "Group" : "Person"}</span>
        <time class="row-time" dateTime={report.created_at} title={dateTimeOf(report.created_at)}>
          {shortMoment(report.created_at)}
        </time>
      </header>
      {about && (
        <p class="report-about">
          <PersonAvatar person={about} size="small" />
          <span>
            <a href={partHref("people", about.id)}>
              <strong>
                <PersonName person={about} />
              </strong>
            </a>{" "}
            <span class="text-muted">
              <bdi dir="ltr">@{about.username}</bdi> {message && placeOf(report)}
            </span>
          </span>
        </p>
      )}
      {!about && group && (
        <p class="report-about">
          <a href={partHref("groups", group.id)}>
            <bdi>{group.name}</bdi>
          </a>
        </p>
      )}
      {message && (
        <blockquote dir="auto">
          {message.body}
          {message.attachments?.map(({ name }) => (
            <span key={name} class="report-file">
              <Icon name="file" size={16} /> <bdi>{name}</bdi>
            </span>
          ))}
        </blockquote>
      )}
      {report.comment && (
        <p class="report-comment" dir="auto">
          <span class="visually-hidden">Comment: </span>“{report.comment}”
        </p>
      )}
      <p class="text-muted">
        {reporter ? (
          <>
            Reported by{" "}
            <a href={partHref("people", reporter.id)}>
              <bdi>{nameOf(reporter)}</bdi>
            </a>
          </>
        ) : (
          "Reported by an account that is gone"
        )}
        {!isOpen && report.closed_at && <> · closed {shortMoment(report.closed_at)}</>}
        {!isOpen && report.closed_by && (
          <>
            {" by "}
            <bdi>{nameOf(report.closed_by)}</bdi>
          </>
        )}
      </p>
      {isOpen && (
        <div class="report-actions">
          {action("dismiss", "Dismiss")}
          {message && action("delete", "Delete message", "danger-text")}
          {about && !isSelf && action("ban", "Ban…", "danger-text")}
          {about && !isSelf && message && action("both", "Delete and ban…", "danger-text")}
          {!message && action("resolve", "Mark as resolved")}
        </div>
      )}
      {asking === "dismiss" && (
        <ConfirmDialog
          title="Dismiss this report?"
          text="Nothing is done. The report is kept among the dismissed ones for a while."
          action="Dismiss"
          onConfirm={() => void onDecide(report, { status: "dismissed" }, "The report was dismissed.")}
          onClose={close}
        />
      )}
      {asking === "resolve" && (
        <ConfirmDialog
          title="Mark this report as resolved?"
          text="For what you have dealt with in another way."
          action="Mark as resolved"
          onConfirm={() => void onDecide(report, { status: "resolved" }, "The report was resolved.")}
          onClose={close}
        />
      )}
      {asking === "delete" && (
        <ConfirmDialog
          title="Delete this message?"
          text="It is deleted for everybody, with its files. The report keeps the text as it was, for a while."
          action="Delete message"
          onConfirm={() =>
            void onDecide(report, { status: "resolved", actions: ["delete_message"] }, "The message was deleted.")
          }
          onClose={close}
        />
      )}
      {(asking === "ban" || asking === "both") && about && (
        <BanDialog
          person={about}
          reason={REASONS[report.reason] ?? ""}
          action={asking === "both" ? "Delete message and ban" : "Ban"}
          onClose={close}
          onBan={(ban) =>
            onDecide(
              report,
              { status: "resolved", actions: asking === "both" ? ["delete_message", "ban_user"] : ["ban_user"], ban },
              asking === "both"
                ? `The message was deleted, and ${fullNameInText(about)} is banned.`
                : `${fullNameInText(about)} is banned.`,
            )
          }
        />
      )}
    </li>
  );
}

function placeOf({ message, group }: Report) {
  if (!message) return null;
  return group ? (
    <>
      in{" "}
      <a href={partHref("groups", group.id)}>
        <bdi>{group.name}</bdi>
      </a>
    </>
  ) : (
    "in a conversation"
  );
}
