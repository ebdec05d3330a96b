// The message that another one replies to.
import type { Entity, Quote as QuotedMessage } from "../../../../sdk/index.ts";
import { avatarColorOf } from "../../lib/avatar-color.ts";
import { attachmentsText, summaryOf } from "../../lib/message-text.ts";
import { PersonName } from "../../ui/person.tsx";

const textOf = (
  { body, kind, deleted_at }: QuotedMessage,
  { isFolded, entities }: Pick<QuoteProps, "isFolded" | "entities">,
) => {
  if (deleted_at) return "This message was deleted.";
  if (isFolded) return "Message from someone you blocked.";
  return body ? summaryOf({ body, ...(entities && { entities }) }) : attachmentsText(kind ? [kind] : []);
};

interface QuoteProps {
  quote: QuotedMessage;
  meId: number;
  /** Whether it is not shown what somebody wrote, as in their message itself. */
  isFolded?: boolean;
  /** The formatting of the quoted message, if that is in memory: what it hides is not shown here either. */
  entities?: readonly Entity[] | undefined;
  /** Left out where there is nothing to go to. */
  onOpen?: () => void;
  tabIndex?: number;
}

export function Quote(props: QuoteProps) {
  const { quote, meId, onOpen, tabIndex } = props;
  const content = (
    <>
      {quote.sender_id === meId ? (
        <bdi class="quote-sender">You</bdi>
      ) : (
        <PersonName class="quote-sender" person={{ id: quote.sender_id, username: quote.sender_name }} />
      )}
      <span class="quote-text" dir="auto">
        {textOf(quote, props)}
      </span>
    </>
  );
  const color = avatarColorOf(quote.sender_id);
  return onOpen ? (
    <button type="button" class="quote" data-avatar-color={color} tabIndex={tabIndex} onClick={onOpen}>
      <span class="visually-hidden">In reply to </span>
      {content}
    </button>
  ) : (
    <span class="quote" data-avatar-color={color}>
      {content}
    </span>
  );
}
