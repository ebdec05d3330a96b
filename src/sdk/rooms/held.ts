// What an event about a message leaves as it is, and what it changes of others.
import { QUOTE_LIMIT } from "../../protocol/limits.ts";
import type { Entity, Quote, Reaction, WireMessage } from "../wire.ts";

interface Held {
  reactions?: readonly Reaction[] | undefined;
  reply_to?: Quote | undefined;
}

/** The message with its reactions: a frame may leave them out, and never says which are the user's own. */
export function withHeldReactions<M extends Held & Pick<WireMessage, "deleted_at">>(
  message: M,
  held: Held | undefined,
): M {
  if (!held?.reactions || message.deleted_at) return message;
  const isMine = (emoji: string) => held.reactions!.some((reaction) => reaction.emoji === emoji && reaction.mine);
  const reactions = message.reactions?.map((reaction) =>
    isMine(reaction.emoji) ? { ...reaction, mine: true as const } : reaction,
  );
  return { ...message, reactions: reactions ?? held.reactions };
}

/** A message that may quote another one, as that one stands now. */
export function withQuoteOf<M extends Held>(message: M, quoted: WireMessage): M {
  const quote = message.reply_to;
  if (quote?.id !== quoted.id) return message;
  const { id, seq, sender_id, sender_name } = quote;
  const { attachments, deleted_at } = quoted;
  const reply_to: Quote = {
    ...{ id, seq, sender_id, sender_name },
    ...toQuoteText(quoted),
    ...(attachments?.[0] && { kind: attachments[0].kind }),
    ...(deleted_at && { deleted_at }),
  };
  return { ...message, reply_to };
}

/** The part of a text that a quote shows, with its formatting as the server gives it. */
export function toQuoteText({ body, entities = [] }: { body: string; entities?: readonly Entity[] | undefined }) {
  const quoted = entities.flatMap((entity) => {
    const length = Math.min(entity.length, QUOTE_LIMIT - entity.offset);
    return length > 0 && entity.type !== "link" ? { ...entity, length } : [];
  });
  return { body: [...body].slice(0, QUOTE_LIMIT).join(""), ...(quoted.length > 0 && { entities: quoted }) };
}
