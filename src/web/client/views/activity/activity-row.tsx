// One message that is for the user: who did what, where and when. A press opens it.
import type { Mention, RoomInfo } from "../../../../sdk/index.ts";
import { summaryOf } from "../../lib/message-text.ts";
import { shortMoment } from "../../lib/time.ts";
import { roomHref } from "../../state/route.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Icon } from "../../ui/icons.tsx";
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
  const { id, name } = actorOf(item, info);
  const moment = reaction?.at ?? message.created_at;
  return (
    <li>
      <a class="row activity-row" href={roomHref(room)} data-unread={isUnread}>
        <span class="activity-avatar">
          <Avatar id={id} name={name} />
          <span class="activity-kind" data-kind={kind} aria-hidden="true">
            {kind === "mention" ? "@" : kind === "reply" ? <Icon name="reply" size={14} /> : (reaction?.emoji ?? "☺")}
          </span>
        </span>
        <span class="row-text">
          <span class="row-top">
            <span class="row-title">
              <bdi>{name}</bdi> <span class="activity-what">{whatOf(item, meId)}</span>
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

function actorOf({ kind, message, reaction }: Mention, info: RoomInfo | undefined): { id: number; name: string } {
  if (reaction) return { id: reaction.user.id, name: reaction.user.username };
  if (kind === "reaction") return { id: message.sender_id, name: "Someone" };
  const name = "sender_name" in message ? message.sender_name : info?.title;
  return { id: message.sender_id, name: name ?? "Someone" };
}

function whatOf({ kind, message, reaction }: Mention, meId: number): string {
  if (kind === "reply") return "replied to you";
  if (kind === "reaction") return reaction ? `reacted with ${reaction.emoji}` : "reacted";
  return message.entities?.some(({ type, user_id }) => type === "mention" && user_id === meId)
    ? "mentioned you"
    : "mentioned everyone";
}
