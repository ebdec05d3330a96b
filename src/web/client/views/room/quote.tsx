// The message that another one replies to.
import type { Quote as QuotedMessage } from "../../../../sdk/index.ts";
import { avatarColorOf } from "../../lib/avatar-color.ts";
import { attachmentsText, summaryOf } from "../../lib/message-text.ts";
import { PersonName } from "../../ui/person.tsx";

const textOf = ({ body, entities, kind, deleted_at }: QuotedMessage, { isFolded }: Pick<QuoteProps, "isFolded">) => {
  if (deleted_at) return "This message was deleted.";
  if (isFolded) return "Message from someone you blocked.";
  return body ? summaryOf({ body, ...(entities && { entities }) }) : attachmentsText(kind ? [kind] : []);
};

interface QuoteProps {
  quote: QuotedMessage;
  meId: number;
  /** Whether it is not shown what somebody wrote, as in their message itself. */
  isFolded?: boolean;
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
