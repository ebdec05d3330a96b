// HTML from templates. Whatever is put into one is escaped, unless it is HTML made the same way.

export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | null | undefined | false | Part[];

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

function toText(part: Part): string {
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(toText).join("");
  return part === null || part === undefined || part === false ? "" : escapeHtml(String(part));
}

/** A template's text with its parts escaped; lists are joined, null and false leave nothing. */
export const html = (texts: TemplateStringsArray, ...parts: Part[]): Html =>
  new Html(texts.map((text, index) => text + toText(parts[index])).join(""));

/** Prose in which `backticks` mark code. */
export const prose = (text: string): Html =>
  html`${text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?)/g;

/** A value as JSON on several lines, its keys, texts and other values told apart by class. */
export function json(value: unknown): Html {
  const text = JSON.stringify(value, null, 2);
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [all, quoted, colon, word] = match;
    parts.push(text.slice(end, match.index));
    const kind = quoted ? (colon ? "key" : "text") : word ? "word" : "number";
    parts.push(html`<span class="${kind}">${quoted ?? all}</span>`, colon ?? "");
    end = match.index + all.length;
  }
  return html`${[...parts, text.slice(end)]}`;
}
