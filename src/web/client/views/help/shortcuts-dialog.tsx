// The keyboard shortcuts, as a dialog.
import { keysOf, type ShortcutName } from "../../lib/shortcuts.ts";
import { Dialog } from "../../ui/dialog.tsx";

const GROUPS = ["Everywhere", "Lists", "A focused message", "Writing a message", "An open image"] as const;

const LABELS: Record<ShortcutName, readonly [group: (typeof GROUPS)[number], label: string]> = {
  search: ["Everywhere", "Search"],
  help: ["Everywhere", "Show keyboard shortcuts"],
  close: ["Everywhere", "Close what is open: a dialog, the details, the chat"],
  walk: ["Lists", "Previous or next entry"],
  open: ["Lists", "Open it"],
  walkMessages: ["A focused message", "Previous or next message"],
  pageMessages: ["A focused message", "A page up or down"],
  firstOrLast: ["A focused message", "Oldest shown or latest message"],
  messageMenu: ["A focused message", "What can be done with it; a letter picks an action"],
  copyMessage: ["A focused message", "Copy its text"],
  deleteMessage: ["A focused message", "Delete it"],
  send: ["Writing a message", "Send"],
  newLine: ["Writing a message", "New line"],
  editLast: ["Writing a message", "Edit your last message, if the field is empty"],
  cancel: ["Writing a message", "Stop replying or editing"],
  bold: ["Writing a message", "Bold"],
  italic: ["Writing a message", "Italic"],
  strike: ["Writing a message", "Strikethrough"],
  code: ["Writing a message", "Code"],
  link: ["Writing a message", "Make what is selected a link"],
  spoiler: ["Writing a message", "Hidden until it is asked for"],
  quote: ["Writing a message", "Quote"],
  formatBar: ["Writing a message", "Formatting of what is selected, as buttons"],
  previousImage: ["An open image", "Previous"],
  nextImage: ["An open image", "Next"],
  zoomIn: ["An open image", "Enlarge"],
  zoomOut: ["An open image", "Make smaller"],
  zoomReset: ["An open image", "Show the whole image"],
  moveImage: ["An open image", "Move it, once it is enlarged"],
};

const entriesOf = (group: string) =>
  (Object.keys(LABELS) as ShortcutName[]).flatMap((name) => {
    const [of, label] = LABELS[name];
    return of === group ? [{ name, label }] : [];
  });

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const NAMES: Record<string, string> = {
  Control: isMac ? "⌘" : "Ctrl",
  Escape: "Esc",
  Alt: isMac ? "⌥" : "Alt",
  Plus: "+",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageUp: "Page ↑",
  PageDown: "Page ↓",
};

/** What a screen reader says instead of a sign. */
const SPOKEN: Record<string, string> = {
  ArrowUp: "Up arrow",
  ArrowDown: "Down arrow",
  ArrowLeft: "Left arrow",
  ArrowRight: "Right arrow",
  PageUp: "Page up",
  PageDown: "Page down",
  "?": "Question mark",
  "/": "Slash",
  ">": "Greater than",
  "-": "Minus",
  "=": "Equals",
  Plus: "Plus",
};

export const ShortcutsDialog = ({ onClose }: { onClose: () => void }) => (
  <Dialog title="Keyboard shortcuts" onClose={onClose}>
    {GROUPS.map((title) => (
      <section key={title} class="shortcuts">
        <h3>{title}</h3>
        <dl>
          {entriesOf(title).map(({ name, label }) => (
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
