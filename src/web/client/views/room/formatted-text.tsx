// The text of a message with its formatting, mentions and links.

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type FormattedText as Content, formatText, type RoomMessage } from "../../../../sdk/index.ts";
import type { linkify } from "../../lib/links.ts";
import { CodeBlock } from "./code-block.tsx";

interface FormattedTextProps {
  message: Pick<RoomMessage, "body" | "entities">;
  meId: number;
  /** Of what can be pressed in it. */
  tabIndex: number;
}

export const FormattedText = ({ message, ...context }: FormattedTextProps) => (
  <>{render(formatText(message), context, true)}</>
);

/** Links are found in plain text alone, not in code or in a link. */
function render(
  content: Content[],
  context: Omit<FormattedTextProps, "message">,
  hasLinks: boolean,
): ComponentChildren[] {
  return content.map((piece, index) => {
    if (typeof piece === "string") {
      const text = withoutLineBreaks(piece, isBlock(content[index - 1]), isBlock(content[index + 1]));
      return hasLinks ? <Links text={text} /> : text;
    }
    const { entity } = piece;
    if (entity.type === "pre")
      return <CodeBlock text={textOf(piece.content)} language={entity.language} tabIndex={context.tabIndex} />;
    const inner = render(piece.content, context, hasLinks && entity.type !== "code" && entity.type !== "link");
    switch (entity.type) {
      case "bold":
        return <strong>{inner}</strong>;
      case "italic":
        return <em>{inner}</em>;
      case "strike":
        return <s>{inner}</s>;
      case "code":
        return <code>{inner}</code>;
      case "quote":
        return <blockquote>{inner}</blockquote>;
      case "spoiler":
        return <Spoiler tabIndex={context.tabIndex}>{inner}</Spoiler>;
      case "link":
        return (
          <a href={entity.url} title={entity.url} target="_blank" rel="noopener noreferrer nofollow">
            {inner}
          </a>
        );
      case "mention":
      case "mention_all":
        return (
          <span class="mention" data-me={entity.type === "mention_all" || entity.user_id === context.meId}>
            {inner}
          </span>
        );
      default:
        // A later version's.
        return inner;
    }
  });
}

const textOf = (content: Content[]): string =>
  content.map((piece) => (typeof piece === "string" ? piece : textOf(piece.content))).join("");

const isBlock = (piece: Content | undefined) =>
  typeof piece === "object" && (piece.entity.type === "pre" || piece.entity.type === "quote");

/** A block has a line of its own without the line break beside it. */
function withoutLineBreaks(text: string, isAfterBlock: boolean, isBeforeBlock: boolean): string {
  const start = isAfterBlock && text.startsWith("\n") ? 1 : 0;
  const end = isBeforeBlock && text.endsWith("\n") ? text.length - 1 : text.length;
  return text.slice(start, Math.max(start, end));
}

/** Null until it is loaded, which is when a text first looks as if it had a link. */
const linkifier = signal<typeof linkify | null>(null);
let isLoading = false;

function loadLinkifier() {
  if (isLoading) return;
  isLoading = true;
  import("../../lib/links.ts").then(
    (links) => {
      linkifier.value = links.linkify;
    },
    () => {
      // Until then it stays text.
      isLoading = false;
    },
  );
}

function Links({ text }: { text: string }) {
  if (!/[^\s.][.:]|@/.test(text)) return <>{text}</>;
  if (!linkifier.value) {
    loadLinkifier();
    return <>{text}</>;
  }
  return (
    <>
      {linkifier.value(text).map((piece) =>
        typeof piece === "string" ? (
          piece
        ) : (
          <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}

function Spoiler({ tabIndex, children }: { tabIndex: number; children: ComponentChildren }) {
  const [isShown, setShown] = useState(false);
  if (isShown) return <span class="spoiler">{children}</span>;
  return (
    <button
      type="button"
      class="spoiler"
      tabIndex={tabIndex}
      aria-label="Show hidden text"
      onClick={() => setShown(true)}
    >
      {/* Hidden from screen readers as well until it is shown. */}
      <span aria-hidden="true">{children}</span>
    </button>
  );
}
