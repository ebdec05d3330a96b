// The keyboard shortcuts, as a dialog.
import { keysOf, type ShortcutName } from "../../lib/shortcuts.ts";
import { Dialog } from "../../ui/dialog.tsx";

const GROUPS = [
  {
    title: "Everywhere",
    labels: {
      search: "Search",
      help: "Show keyboard shortcuts",
      close: "Close what is open: a dialog, the details, the chat",
    },
  },
  { title: "Lists", labels: { walk: "Previous or next entry", open: "Open it" } },
  {
    title: "A focused message",
    labels: {
      walkMessages: "Previous or next message",
      pageMessages: "A page up or down",
      firstOrLast: "Oldest shown or latest message",
      messageMenu: "What can be done with it; a letter picks an action",
      copyMessage: "Copy its text",
      deleteMessage: "Delete it",
    },
  },
  {
    title: "Writing a message",
    labels: {
      send: "Send",
      newLine: "New line",
      editLast: "Edit your last message, if the field is empty",
      cancel: "Stop replying or editing",
      bold: "Bold",
      italic: "Italic",
      strike: "Strikethrough",
      code: "Code",
      link: "Make what is selected a link",
    },
  },
] as const;

/** Names the shortcuts that no group says anything about: none may be. */
type Unsaid = Exclude<ShortcutName, { [I in keyof typeof GROUPS]: keyof (typeof GROUPS)[I]["labels"] }[number]>;
const entriesOf = (labels: object) => Object.entries(labels) as [Exclude<ShortcutName, Unsaid>, string][];

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const NAMES: Record<string, string> = {
  Control: isMac ? "⌘" : "Ctrl",
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  PageUp: "Page ↑",
  PageDown: "Page ↓",
};

/** What a screen reader says instead of a sign. */
const SPOKEN: Record<string, string> = {
  ArrowUp: "Up arrow",
  ArrowDown: "Down arrow",
  PageUp: "Page up",
  PageDown: "Page down",
  "?": "Question mark",
  "/": "Slash",
};

export const ShortcutsDialog = ({ onClose }: { onClose: () => void }) => (
  <Dialog title="Keyboard shortcuts" onClose={onClose}>
    {GROUPS.map(({ title, labels }) => (
      <section key={title} class="shortcuts">
        <h3>{title}</h3>
        <dl>
          {entriesOf(labels).map(([name, label]) => (
            <div key={name}>
              <dt>{label}</dt>
              <dd>
                {keysOf(name).map((key, index) => (
                  <>
                    {index > 0 && <span class="text-muted"> or </span>}
                    <Keys keys={key} />
                  </>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </section>
    ))}
  </Dialog>
);

const Keys = ({ keys }: { keys: string }) => (
  <span class="keys">
    {keys.split("+").map((key) => (
      <kbd key={key}>
        {SPOKEN[key] ? (
          <>
            <span class="visually-hidden">{SPOKEN[key]}</span>
            <span aria-hidden="true">{NAMES[key] ?? key}</span>
          </>
        ) : (
          (NAMES[key] ?? key)
        )}
      </kbd>
    ))}
  </span>
);
