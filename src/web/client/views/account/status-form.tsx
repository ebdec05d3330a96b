// What one is doing just now, with an end if one likes.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ChatError, STATUS_LIMIT, type Status } from "../../../../sdk/index.ts";
import { lazy } from "../../lib/lazy.tsx";
import { lengthOf } from "../../lib/text.ts";
import { untilOf } from "../../lib/time.ts";
import { errorText } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icons.tsx";
import { usePerson } from "../../ui/person.tsx";
import type { SectionProps } from "./section.ts";

const EmojiPicker = lazy(async () => (await import("../room/emoji/emoji-picker.tsx")).EmojiPicker);

const HOUR_MS = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS);

/** The end of this day, and of the week that it is in (Sunday), by the reader's clock. */
function endOfDay(days = 0): Date {
  const end = new Date();
  end.setDate(end.getDate() + days);
  end.setHours(23, 59, 59, 0);
  return end;
}

const ENDS = {
  never: { label: "Don’t clear", at: () => null },
  half: { label: "In 30 minutes", at: () => inHours(0.5) },
  hour: { label: "In 1 hour", at: () => inHours(1) },
  four: { label: "In 4 hours", at: () => inHours(4) },
  today: { label: "Today", at: () => endOfDay() },
  week: { label: "This week", at: () => endOfDay((7 - new Date().getDay()) % 7) },
} as const satisfies Record<string, { label: string; at: () => Date | null }>;
type End = keyof typeof ENDS;

const PRESETS: { emoji: string; text: string; end: End }[] = [
  { emoji: "📅", text: "In a meeting", end: "hour" },
  { emoji: "🎧", text: "Focusing", end: "four" },
  { emoji: "🍽️", text: "Out for lunch", end: "hour" },
  { emoji: "🏠", text: "Working from home", end: "today" },
  { emoji: "🤒", text: "Out sick", end: "today" },
  { emoji: "🌴", text: "On holiday", end: "never" },
];

const EMOJIS = ["💬", "📅", "🎧", "🍽️", "🏠", "🤒", "🌴", "🚆", "📚", "🎉", "🔕", "❤️"];

export function StatusForm({ chat, me, onDone }: SectionProps) {
  const current = usePerson(me).status;
  const [emoji, setEmoji] = useState(current?.emoji ?? "💬");
  const [text, setText] = useState(current?.text ?? "");
  /** `kept`: the end that the status has. */
  const [end, setEnd] = useState<End | "kept">(current?.until ? "kept" : "never");
  const [error, setError] = useState("");
  const [isSaving, setSaving] = useState(false);
  const [isPicking, setPicking] = useState(false);
  const more = useRef<HTMLButtonElement>(null);
  const wasPicking = useRef(false);
  useLayoutEffect(() => {
    if (wasPicking.current && !isPicking) more.current!.focus();
    wasPicking.current = isPicking;
  }, [isPicking]);
  const isEmpty = text.trim() === "" && emoji === "💬";

  async function save(status: Status | null) {
    if (status && lengthOf(status.text) > STATUS_LIMIT) return setError(`At most ${STATUS_LIMIT} characters.`);
    setSaving(true);
    setError("");
    try {
      await chat.profile.update({ status });
      onDone();
    } catch (failure) {
      const fields = failure instanceof ChatError ? failure.fields : {};
      setError(fields["status.text"] ?? fields["status.until"] ?? fields["status.emoji"] ?? errorText(failure));
      setSaving(false);
    }
  }

  // In place of the form: Enter in its search would save the status.
  if (isPicking)
    return (
      <div class="picking-emoji">
        <EmojiPicker
          onPick={(picked) => {
            setEmoji(picked);
            setPicking(false);
          }}
          onClose={() => setPicking(false)}
        />
      </div>
    );
  const until = end === "kept" ? current?.until : ENDS[end].at()?.toISOString();
  return (
    <form
      class="settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save(isEmpty ? null : { text: text.trim(), emoji, ...(until && { until }) });
      }}
    >
      <fieldset class="emoji-choice">
        <legend>Emoji</legend>
        {/* One of another client's is offered as well. */}
        {[...new Set([...EMOJIS, emoji])].map((one) => (
          <label key={one}>
            <input type="radio" name="emoji" checked={one === emoji} onChange={() => setEmoji(one)} />
            <span>{one}</span>
          </label>
        ))}
        <button ref={more} type="button" class="icon-button" aria-label="More emoji" onClick={() => setPicking(true)}>
          <Icon name="plus" />
        </button>
      </fieldset>
      <Field
        label="What are you doing?"
        name="text"
        autocomplete="off"
        autofocus
        value={text}
        onInput={setText}
        maxLength={STATUS_LIMIT * 4}
        error={error || undefined}
      />
      <div class="field">
        <label for="status-end">Clear after</label>
        <select id="status-end" value={end} onChange={({ currentTarget }) => setEnd(currentTarget.value as End)}>
          {current?.until && <option value="kept">As before: {untilOf(current.until)}</option>}
          {Object.entries(ENDS).map(([name, { label }]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
        <p class="note" role="status">
          {until && `It’s cleared ${untilText(until)}.`}
        </p>
      </div>
      <fieldset class="presets">
        <legend>Suggestions</legend>
        {PRESETS.map((preset) => (
          <button
            key={preset.text}
            type="button"
            class="button small"
            onClick={() => {
              setEmoji(preset.emoji);
              setText(preset.text);
              setEnd(preset.end);
            }}
          >
            <span aria-hidden="true">{preset.emoji}</span> {preset.text}
          </button>
        ))}
      </fieldset>
      <div class="actions">
        {current && (
          <button type="button" class="button danger-text" onClick={() => void save(null)}>
            Clear status
          </button>
        )}
        <button type="submit" class="button primary" aria-busy={isSaving}>
          Save
        </button>
      </div>
    </form>
  );
}

/** "at 14:30", "tomorrow at 14:30", "on 3 May at 14:30". */
function untilText(until: string): string {
  const text = untilOf(until);
  if (!text.includes(" at ")) return `at ${text}`;
  return text.startsWith("tomorrow") ? text : `on ${text}`;
}
