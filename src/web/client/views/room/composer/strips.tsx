// What stands above the field: the message that is edited or replied to, and how much of the text is left.
import { BODY_LIMIT, type RoomMessage } from "../../../../../sdk/index.ts";
import { Icon } from "../../../ui/icons.tsx";
import { Quote } from "../quote.tsx";

export const EditStrip = ({ onCancel }: { onCancel: () => void }) => (
  <p class="editing">
    <Icon name="pencil" size={16} />
    Editing message
    <button type="button" class="link" onClick={onCancel}>
      Cancel
    </button>
  </p>
);

interface ReplyStripProps {
  message: RoomMessage;
  meId: number;
  onCancel: () => void;
}

export const ReplyStrip = ({ message, meId, onCancel }: ReplyStripProps) => (
  <div class="replying">
    <Icon name="reply" size={16} />
    <Quote quote={quoteOf(message)} meId={meId} />
    <button type="button" class="icon-button" aria-label="Cancel reply" onClick={onCancel}>
      <Icon name="close" size={16} />
    </button>
  </div>
);

const quoteOf = ({ id, seq, sender_id, sender_name, body, entities, attachments }: RoomMessage) => {
  const kind = attachments?.[0]?.kind;
  return {
    id: id!,
    seq: seq!,
    sender_id,
    sender_name,
    body,
    ...(entities && { entities: [...entities] }),
    ...(kind && { kind }),
  };
};

const characters = (count: number) => `${count} ${count === 1 ? "character" : "characters"}`;

export const LengthStrip = ({ length }: { length: number }) => (
  <p class="count" data-over={length > BODY_LIMIT} role="status">
    {length > BODY_LIMIT
      ? `${characters(length - BODY_LIMIT)} over the limit`
      : `${characters(BODY_LIMIT - length)} left`}
  </p>
);
