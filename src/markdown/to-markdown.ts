// A message as Markdown: what its text is edited and copied as.
import { type MarkdownOptions, type MentionOf, normalizeEntities, parseMarkdown } from "../protocol/markdown.ts";
import { type Entity, type FormattedText, formatText } from "../sdk/index.ts";

/** How text is written: mentions by name where the name says who is meant. */
interface Style {
  isEscaped: boolean;
  mention: MentionOf | null;
}

/** Where a piece stands. */
interface Place {
  /** Blocks need lines of their own, which they don't have within styles. */
  blocks: "all" | "code" | "none";
  isInLink: boolean;
}

const MARKUP: Partial<Record<Entity["type"], string>> = { bold: "**", italic: "*", strike: "~~", spoiler: "||" };

/**
 * Markdown of which `parseMarkdown` makes the same text and the same formatting, with the same `mention`; without one, names are
 * those of the people mentioned. What Markdown has no form for, such as a code block within a line, keeps its text alone.
 */
export function toMarkdown(
  message: { body: string; entities?: readonly Entity[] },
  { mention }: MarkdownOptions = {},
): string {
  const { body } = message;
  const entities = normalizeEntities(body, message.entities ?? []);
  const mentionOf = mention ?? mentionedIn(body, entities);
  const content = formatText({ body, entities });
  // Text is escaped only where it would be taken for markup.
  for (const isEscaped of [false, true]) {
    const text = write(content, { isEscaped, mention: mentionOf }, { blocks: "all", isInLink: false });
    const parsed = parseMarkdown(text, { mention: mentionOf });
    if (parsed.body === body && JSON.stringify(parsed.entities) === JSON.stringify(entities)) return text;
  }
  return write(content, { isEscaped: true, mention: null }, { blocks: "all", isInLink: false });
}

function mentionedIn(body: string, entities: readonly Entity[]): MentionOf {
  const characters = [...body];
  const targets = new Map(
    entities.map(({ type, offset, length, user_id }) => [
      characters.slice(offset + 1, offset + length).join(""),
      type === "mention_all" ? ("all" as const) : user_id,
    ]),
  );
  return (name) => targets.get(name);
}

const textOf = (content: FormattedText[]): string =>
  content.map((piece) => (typeof piece === "string" ? piece : textOf(piece.content))).join("");

function write(content: FormattedText[], style: Style, place: Place): string {
  let written = "";
  for (const [index, piece] of content.entries()) {
    if (typeof piece === "string") {
      written += style.isEscaped ? escapeText(piece) : piece;
      continue;
    }
    const previous = content[index - 1];
    const next = content[index + 1];
    const hasLines =
      (previous === undefined || written.endsWith("\n")) &&
      (next === undefined || (typeof next === "string" && next.startsWith("\n")));
    const entity = writeEntity(piece.entity, piece.content, style, hasLines ? place : { ...place, blocks: "none" });
    // Two codes side by side would be one.
    const isJoined = entity.startsWith("`") && typeof previous === "object" && written.endsWith("`");
    written += isJoined ? write([textOf(piece.content)], style, place) : entity;
  }
  return written;
}

function writeEntity(entity: Entity, content: FormattedText[], style: Style, place: Place): string {
  const inner = () => write(content, style, { ...place, blocks: "none" });
  switch (entity.type) {
    case "bold":
    case "italic":
    case "strike":
    case "spoiler":
      return surround(inner(), MARKUP[entity.type]!);
    case "quote":
      return place.blocks === "all" ? quote(textOf(content), content, style, place) : inner();
    case "pre": {
      const text = textOf(content);
      if (place.blocks !== "none") return fence(text, entity.language);
      return text.includes("\n") ? inner() : code(text);
    }
    case "code": {
      const text = textOf(content);
      return text.includes("\n") ? inner() : code(text);
    }
    case "link":
      if (place.isInLink) return inner();
      return link(write(content, style, { blocks: "none", isInLink: true }), addressOf(entity.url ?? ""));
    case "mention":
    case "mention_all": {
      const text = textOf(content);
      const target = entity.type === "mention_all" ? "all" : entity.user_id;
      if (text.startsWith("@") && target !== undefined && style.mention?.(text.slice(1)) === target) return text;
      if (place.isInLink) return inner();
      return link(write(content, style, { blocks: "none", isInLink: true }), `mention:${target}`);
    }
  }
}

/** White space at the edges stays outside: markup beside it is none. */
function surround(text: string, markup: string): string {
  const core = text.trim();
  if (core === "") return text;
  const start = text.length - text.trimStart().length;
  return text.slice(0, start) + markup + core + markup + text.slice(start + core.length);
}

const link = (text: string, address: string) => `[${text}](${address})`;

/** Without what would end the address early. */
function addressOf(url: string): string {
  const encode = (character: string) => (character === "(" ? "%28" : character === ")" ? "%29" : encodeURI(character));
  const clean = url.replaceAll(/\s/g, encode);
  let depth = 0;
  for (const character of clean) {
    if (character === "(") depth++;
    else if (character === ")" && --depth < 0) break;
  }
  return depth === 0 ? clean : clean.replaceAll(/[()]/g, encode);
}

const longestRun = (text: string) => Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));

function code(text: string): string {
  const runs = new Set((text.match(/`+/g) ?? []).map(({ length }) => length));
  let length = 1;
  while (runs.has(length)) length++;
  const isSpaced = text.startsWith(" ") && text.endsWith(" ") && text.trim() !== "";
  const pad = isSpaced || text.startsWith("`") || text.endsWith("`") ? " " : "";
  const markup = "`".repeat(length);
  return markup + pad + text + pad + markup;
}

function fence(text: string, language = ""): string {
  const markup = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${markup}${language}\n${text}\n${markup}`;
}

function quote(text: string, content: FormattedText[], style: Style, place: Place): string {
  const written = write(content, style, { ...place, blocks: "code" });
  return text.trim() === "" ? written : `> ${written.replaceAll("\n", "\n> ")}`;
}

const escapeText = (text: string) =>
  text
    .replaceAll(/[\\`*_~|[\]@]/g, "\\$&")
    .replaceAll(/(^|\n)>/g, "$1\\>")
    // An address would take markup in it for its own.
    .replaceAll(/:(?=\/|$)/g, "\\:");
