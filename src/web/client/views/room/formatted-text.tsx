// The text of a message with its formatting, mentions and links.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type FormattedText as Content, formatText, type RoomMessage } from "../../../../sdk/index.ts";
import { linkify } from "../../lib/text.ts";

interface FormattedTextProps {
  message: Pick<RoomMessage, "body" | "entities">;
  meId: number;
}

export const FormattedText = ({ message, meId }: FormattedTextProps) => <>{render(formatText(message), meId, true)}</>;

/** Links are found in plain text alone, not in code or in a link. */
const render = (content: Content[], meId: number, hasLinks: boolean): ComponentChildren[] =>
  content.map((piece) => {
    if (typeof piece === "string") return hasLinks ? <Links text={piece} /> : piece;
    const { entity } = piece;
    const isLiteral = ["code", "pre", "link"].includes(entity.type);
    const inner = render(piece.content, meId, hasLinks && !isLiteral);
    switch (entity.type) {
      case "bold":
        return <strong>{inner}</strong>;
      case "italic":
        return <em>{inner}</em>;
      case "strike":
        return <s>{inner}</s>;
      case "code":
        return <code>{inner}</code>;
      case "pre":
        return <code class="block">{inner}</code>;
      case "quote":
        return <q>{inner}</q>;
      case "spoiler":
        return <Spoiler>{inner}</Spoiler>;
      case "link":
        return (
          <a href={entity.url} title={entity.url} target="_blank" rel="noopener noreferrer nofollow">
            {inner}
          </a>
        );
      case "mention":
      case "mention_all":
        return (
          <span class="mention" data-me={entity.type === "mention_all" || entity.user_id === meId}>
            {inner}
          </span>
        );
      default:
        // A later version's.
        return inner;
    }
  });

const Links = ({ text }: { text: string }) => (
  <>
    {linkify(text).map((piece) =>
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

function Spoiler({ children }: { children: ComponentChildren }) {
  const [isShown, setShown] = useState(false);
  if (isShown) return <span class="spoiler">{children}</span>;
  return (
    <button type="button" class="spoiler" aria-label="Show hidden text" onClick={() => setShown(true)}>
      {/* Hidden from screen readers as well until it is shown. */}
      <span aria-hidden="true">{children}</span>
    </button>
  );
}
