// Chooses an emoji: by group, by name, or one of those used lately. The focus stays in the search field, from which the arrow keys
// lead into the grid. What it is shown in (a panel, a dialog, a sheet) is for the caller to say.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { isComposing } from "../../../lib/composing.ts";
import { memo } from "../../../lib/memo.ts";
import { Icon } from "../../../ui/icons.tsx";
import { EMOJI_GROUPS, type Emoji, emojisOf, searchEmojis, TONE_NAMES, TONES, withTone } from "./emojis.ts";
import { emojiTone, recentEmojis, rememberEmoji, setEmojiTone } from "./recent-emojis.ts";
import { useGridKeys } from "./use-grid-keys.ts";

/** In a row; the style sheet sizes the cells by it. */
const COLUMNS = 8;
const FOUND_LIMIT = 96;
const RECENT_NAME = "Recently used";
const ICONS: Record<string, string> = {
  [RECENT_NAME]: "🕘",
  "Smileys and emotion": "😀",
  "People and body": "👋",
  "Animals and nature": "🐻",
  "Food and drink": "🍔",
  "Travel and places": "🚗",
  Activities: "⚽",
  Objects: "💡",
  Symbols: "❤️",
  Flags: "🏁",
};

interface EmojiPickerProps {
  onPick: (emoji: string) => void;
  onClose: () => void;
}

interface Section {
  name: string;
  rows: Emoji[][];
  /** Of its first row, among all. */
  firstRow: number;
}

/** What the field is, apart from a search: types and rules take it for one with a list of suggestions otherwise. */
const COMBOBOX: object = { role: "combobox", "aria-expanded": "true", "aria-haspopup": "grid" };

const cellId = (row: number, column: number) => `emoji-${row}-${column}`;

export function EmojiPicker({ onPick, onClose }: EmojiPickerProps) {
  const [query, setQuery] = useState("");
  const [tone, setTone] = useState(emojiTone);
  // Those of when it was opened: nothing moves under the pointer.
  const recent = useMemo(() => emojisOf(recentEmojis()), []);
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const sections = useMemo(() => toSections(query, recent), [query, recent]);
  const rows = useMemo(() => sections.flatMap((section) => section.rows), [sections]);
  const lengths = useMemo(() => rows.map(({ length }) => length), [rows]);
  const { cell, setCell, onKey } = useGridKeys(lengths);
  const pointed = cell ? rows[cell.row]![cell.column]! : null;

  // A finger would have a keyboard come up over the emoji.
  useEffect(() => {
    if (matchMedia("(hover: hover)").matches) field.current!.focus();
  }, []);
  useEffect(() => {
    if (cell) document.getElementById(cellId(cell.row, cell.column))?.scrollIntoView({ block: "nearest" });
  }, [cell?.row, cell?.column]);

  function pick(emoji: Emoji) {
    const text = withTone(emoji, tone);
    rememberEmoji(text);
    onPick(text);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const first = rows[0]?.[0];
    if (event.key === "Enter") {
      if (pointed) pick(pointed);
      else if (query !== "" && first) pick(first);
    } else if (event.key === "Escape") {
      if (query === "") onClose();
      else search("");
    } else if (!onKey(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  function search(text: string) {
    setQuery(text);
    setCell(null);
    if (grid.current) grid.current.scrollTop = 0;
  }

  function show(name: string) {
    search("");
    // Once all of them are there again.
    requestAnimationFrame(() => grid.current?.querySelector(`[data-group="${name}"]`)?.scrollIntoView());
  }

  return (
    <div class="emoji-picker">
      <div class="emoji-head">
        <div class="search">
          <Icon name="search" size={18} />
          <input
            ref={field}
            type="search"
            {...COMBOBOX}
            placeholder="Search emoji"
            aria-label="Search emoji"
            aria-controls="emoji-grid"
            aria-activedescendant={cell ? cellId(cell.row, cell.column) : undefined}
            autocapitalize="none"
            autocomplete="off"
            spellcheck={false}
            value={query}
            onInput={({ currentTarget }) => search(currentTarget.value)}
            onKeyDown={onKeyDown}
          />
        </div>
        <ToneSelect
          tone={tone}
          onChange={(next) => {
            setEmojiTone(next);
            setTone(next);
          }}
        />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a toolbar of buttons. */}
      <div class="emoji-groups" role="group" aria-label="Groups of emoji">
        {[...(recent.length > 0 ? [{ name: RECENT_NAME }] : []), ...EMOJI_GROUPS].map(({ name }) => (
          <button key={name} type="button" title={name} aria-label={name} onClick={() => show(name)}>
            <span aria-hidden="true">{ICONS[name]}</span>
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the search field takes the keys. */}
      {/* biome-ignore lint/a11y/useSemanticElements: a grid that is no table. */}
      <div
        ref={grid}
        id="emoji-grid"
        class="emoji-grid"
        role="grid"
        aria-label="Emoji"
        aria-colcount={COLUMNS}
        onMouseDown={(event) => event.preventDefault()}
        onClick={({ target }) => {
          const { row, column } = (target as Element).closest<HTMLElement>("[data-row]")?.dataset ?? {};
          if (row !== undefined) pick(rows[Number(row)]![Number(column)]!);
        }}
      >
        {sections.map((section) => (
          <Group
            key={section.name}
            {...section}
            tone={tone}
            pointed={
              cell && cell.row >= section.firstRow && cell.row < section.firstRow + section.rows.length ? cell : null
            }
          />
        ))}
      </div>
      <p class="emoji-name" role="status">
        {rows.length === 0 ? "No emoji found." : pointed ? `${pointed.name} :${pointed.codes[0]}:` : ""}
      </p>
    </div>
  );
}

interface GroupProps extends Section {
  tone: string;
  pointed: { row: number; column: number } | null;
}

const Group = memo(({ name, rows, firstRow, tone, pointed }: GroupProps) => (
  // biome-ignore lint/a11y/useSemanticElements: rows of a grid that is no table.
  <div class="emoji-group" role="rowgroup" aria-label={name} data-group={name}>
    <p class="emoji-title" aria-hidden="true">
      {name}
    </p>
    {rows.map((row, at) => (
      // biome-ignore lint/a11y/useSemanticElements: as above.
      // biome-ignore lint/a11y/useFocusableInteractive: as above.
      <div key={row[0]!.emoji} class="emoji-line" role="row">
        {row.map((emoji, column) => (
          // biome-ignore lint/a11y/useSemanticElements: as above.
          // biome-ignore lint/a11y/useFocusableInteractive: as above.
          <div
            key={emoji.emoji}
            id={cellId(firstRow + at, column)}
            class="emoji-cell"
            role="gridcell"
            title={emoji.name}
            aria-label={emoji.name}
            aria-selected={pointed?.row === firstRow + at && pointed.column === column}
            data-row={firstRow + at}
            data-column={column}
          >
            {withTone(emoji, tone)}
          </div>
        ))}
      </div>
    ))}
  </div>
));

function toSections(query: string, recent: Emoji[]): Section[] {
  const groups =
    query.trim() === ""
      ? [...(recent.length > 0 ? [{ name: RECENT_NAME, emojis: recent }] : []), ...EMOJI_GROUPS]
      : [{ name: "Found", emojis: searchEmojis(query, FOUND_LIMIT) }];
  let firstRow = 0;
  return groups.map(({ name, emojis }) => {
    const rows = Array.from({ length: Math.ceil(emojis.length / COLUMNS) }, (_, row) =>
      emojis.slice(row * COLUMNS, (row + 1) * COLUMNS),
    );
    const section = { name, rows, firstRow };
    firstRow += rows.length;
    return section;
  });
}

const ToneSelect = ({ tone, onChange }: { tone: string; onChange: (tone: string) => void }) => (
  <select
    class="emoji-tone"
    aria-label="Skin tone"
    value={tone}
    onChange={({ currentTarget }) => onChange(currentTarget.value)}
  >
    {TONES.map((value, index) => (
      <option key={value} value={value} aria-label={TONE_NAMES[index]}>
        {`✋${value}`}
      </option>
    ))}
  </select>
);
