// A message in a line of text, for lists, quotes, notifications and screen readers.
import { type Attachment, type Entity, formatText } from "../../../sdk/index.ts";

type Kind = Attachment["kind"];

const ONE: Record<Kind, string> = { image: "Photo", video: "Video", voice: "Voice message", file: "File" };
const MANY: Record<Kind, string> = { image: "photos", video: "videos", voice: "voice messages", file: "files" };

/** "Photo", "3 photos", "4 files" where there are several kinds. */
export function attachmentsText(kinds: readonly Kind[]): string {
  const [first] = kinds;
  if (!first) return "";
  if (kinds.length === 1) return ONE[first];
  return `${kinds.length} ${MANY[kinds.every((kind) => kind === first) ? first : "file"]}`;
}

interface Summarized {
  body: string;
  entities?: readonly Entity[];
  attachments?: readonly Pick<Attachment, "kind" | "name">[];
}

/** The text of a message on one line: what it brings along first, and nothing of what its sender has hidden. */
export function summaryOf({ body, entities, attachments = [] }: Summarized): string {
  const text = entities?.some(({ type }) => type === "spoiler") ? maskedText({ body, entities }) : body;
  const [file] = attachments;
  const files =
    attachments.length === 1 && file?.kind === "file"
      ? file.name
      : attachmentsText(attachments.map(({ kind }) => kind));
  return [files, text.replaceAll(/\s+/g, " ").trim()].filter(Boolean).join(": ");
}

/** The text with a block in place of each character that is hidden until it is asked for. */
function maskedText(message: { body: string; entities: readonly Entity[] }): string {
  const render = (content: ReturnType<typeof formatText>): string =>
    content
      .map((piece) => {
        if (typeof piece === "string") return piece;
        const inner = render(piece.content);
        return piece.entity.type === "spoiler" ? inner.replaceAll(/[^\s]/gu, "▒") : inner;
      })
      .join("");
  return render(formatText(message));
}
