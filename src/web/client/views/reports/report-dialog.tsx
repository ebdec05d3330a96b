// Reports a message, a person or a group: what is wrong, what else helps, and whether the person is to be blocked as well.
import { useId, useState } from "preact/hooks";
import { type Chat, ChatError, type Person, REPORT_COMMENT_LIMIT, type ReportInput } from "../../../../sdk/index.ts";
import { isolate } from "../../lib/text.ts";
import { useStore } from "../../lib/use-store.ts";
import { nameInText } from "../../state/person.ts";
import { errorText, toast, withErrorToast } from "../../state/toasts.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { PersonName } from "../../ui/person.tsx";

export type ReportSubject =
  | { kind: "message"; id: number; text: string; sender: Person; isGroup: boolean }
  | { kind: "person"; person: Person }
  | { kind: "group"; id: number; name: string };

const REASONS: Record<ReportInput["reason"], { title: string; text: string }> = {
  spam: { title: "Spam", text: "Advertising, fraud, or the same again and again" },
  abuse: { title: "Abuse", text: "Insults, threats or harassment" },
  illegal: { title: "Against the law", text: "Something that must not be shown or sold here" },
  other: { title: "Something else", text: "Say below what is wrong" },
};

const WHAT = { message: "message", person: "person", group: "group" };

interface ReportDialogProps {
  chat: Chat;
  subject: ReportSubject;
  onClose: () => void;
}

export function ReportDialog({ chat, subject, onClose }: ReportDialogProps) {
  const commentId = useId();
  const [reason, setReason] = useState<ReportInput["reason"] | null>(null);
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [wantsBlock, setBlock] = useState(false);
  const person = subject.kind === "message" ? subject.sender : subject.kind === "person" ? subject.person : null;
  const blocks = useStore(chat.blocks).items;
  const mayBlock = person !== null && !person.deleted && !blocks.some(({ id }) => id === person.id);

  async function send(comment: string) {
    if (isBusy) return;
    if (!reason) return setError("Choose what is wrong.");
    setBusy(true);
    setError("");
    try {
      await chat.report({ ...targetOf(subject), reason, ...(comment.trim() !== "" && { comment }) });
      toast("Thank you. Your report was sent.");
    } catch (failure) {
      const isKnown = failure instanceof ChatError && failure.code === "already_reported";
      if (!isKnown) {
        setBusy(false);
        return setError(errorText(failure));
      }
      toast(errorText(failure));
    }
    if (wantsBlock && mayBlock) await withErrorToast(() => chat.blocks.add(person.id));
    onClose();
  }

  return (
    <Dialog title={`Report this ${WHAT[subject.kind]}`} onClose={onClose}>
      <SubjectText subject={subject} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send(String(new FormData(event.currentTarget).get("comment")));
        }}
      >
        <fieldset class="choice report-reasons">
          <legend>What is wrong?</legend>
          {(Object.keys(REASONS) as ReportInput["reason"][]).map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="reason"
                value={name}
                checked={reason === name}
                onChange={() => {
                  setReason(name);
                  setError("");
                }}
              />
              <span>
                <strong>{REASONS[name].title}</strong>
                <span>{REASONS[name].text}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div class="field">
          <label for={commentId}>Anything else that helps (optional)</label>
          <textarea id={commentId} name="comment" rows={2} maxLength={REPORT_COMMENT_LIMIT} dir="auto" />
        </div>
        {mayBlock && (
          <label class="toggle">
            <span>
              <strong>Also block {nameInText(person)}</strong>
              <span class="text-muted">You won’t be able to message each other.</span>
            </span>
            <input
              type="checkbox"
              role="switch"
              checked={wantsBlock}
              aria-checked={wantsBlock}
              onChange={({ currentTarget }) => setBlock(currentTarget.checked)}
            />
          </label>
        )}
        <p class="report-note text-muted">{whoSees(subject)}</p>
        <div class="actions sticky">
          {/* Here it is in sight wherever the dialog is scrolled to. */}
          <p class="form-error" role="alert">
            {error}
          </p>
          <button type="button" class="button plain" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" aria-busy={isBusy}>
            Send report
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function SubjectText({ subject }: { subject: ReportSubject }) {
  if (subject.kind === "message")
    return (
      <blockquote class="reported">
        <PersonName class="reported-sender" person={subject.sender} />
        <span dir="auto">{subject.text}</span>
      </blockquote>
    );
  return (
    <p class="reported">
      {subject.kind === "person" ? <PersonName person={subject.person} /> : <bdi>{subject.name}</bdi>}
    </p>
  );
}

const targetOf = (subject: ReportSubject) =>
  subject.kind === "message"
    ? { message_id: subject.id }
    : subject.kind === "person"
      ? { user_id: subject.person.id }
      : { group_id: subject.id };

function whoSees(subject: ReportSubject): string {
  switch (subject.kind) {
    case "message":
      return subject.isGroup
        ? `The moderators of this server see the message and who reported it; the group’s admins see the message and what you write, but not who you are. ${nameInText(subject.sender)} isn’t told.`
        : `The moderators of this server see this one message, what you write and who you are. ${nameInText(subject.sender)} isn’t told.`;
    case "person":
      return `The moderators of this server see what you write and who you are. ${nameInText(subject.person)} isn’t told.`;
    case "group":
      return `The moderators of this server see what you write and who you are. Nobody in ${isolate(subject.name)} is told.`;
  }
}
