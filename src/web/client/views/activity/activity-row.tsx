// One message that is for the user: who did what, where and when. A press opens it.
import type { Mention, Person, RoomInfo } from "../../../../sdk/index.ts";
import { summaryOf } from "../../lib/message-text.ts";
import { shortMoment } from "../../lib/time.ts";
import { messageHref } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";
import { PersonAvatar, PersonName } from "../../ui/person.tsx";
import type { ActivityItem } from "./use-activity.ts";

interface ActivityRowProps {
  item: ActivityItem;
  meId: number;
  /** Undefined while the room is not known. */
  info: RoomInfo | undefined;
  isUnread: boolean;
}

export function ActivityRow({ item, meId, info, isUnread }: ActivityRowProps) {
  const { kind, room, message, reaction } = item;
  const actor = actorOf(item, info);
  const moment = reaction?.at ?? message.created_at;
  return (
    <li>
      <a class="row activity-row" href={messageHref(room, message.id)} data-unread={isUnread}>
        <span class="activity-avatar">
          <PersonAvatar person={actor} />
          <span class="activity-kind" data-kind={kind} aria-hidden="true">
            {kind === "mention" ? "@" : kind === "reply" ? <Icon name="reply" size={14} /> : (reaction?.emoji ?? "☺")}
          </span>
        </span>
        <span class="row-text">
          <span class="row-top">
            <span class="row-title">
              <PersonName person={actor} /> <span class="activity-what">{whatOf(item, meId)}</span>
            </span>
            <time class="row-time" dateTime={moment}>
              {shortMoment(moment)}
            </time>
          </span>
          <span class="activity-text" dir="auto">
            {summaryOf(message).slice(0, 300)}
          </span>
          {info?.kind === "group" && (
            <span class="row-note">
              in <bdi>{info.title}</bdi>
            </span>
          )}
        </span>
        {isUnread && (
          <span class="unread-dot">
            <span class="visually-hidden">unread</span>
          </span>
        )}
      </a>
    </li>
  );
}

function actorOf({ kind, message, reaction }: Mention, info: RoomInfo | undefined): Person {
  if (reaction) return reaction.user;
  if (kind === "reaction") return { id: message.sender_id, username: "Someone" };
  const peer = info?.kind === "conversation" ? info.peer.username : undefined;
  return { id: message.sender_id, username: "sender_name" in message ? message.sender_name : (peer ?? "Someone") };
}

function whatOf({ kind, message, reaction }: Mention, meId: number): string {
  if (kind === "reply") return "replied to you";
  if (kind === "reaction") return reaction ? `reacted with ${reaction.emoji}` : "reacted";
  return message.entities?.some(({ type, user_id }) => type === "mention" && user_id === meId)
    ? "mentioned you"
    : "mentioned everyone";
}
