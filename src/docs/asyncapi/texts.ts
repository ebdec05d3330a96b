// The prose of the socket documents that belongs to no single frame: the channels, how to connect, how a connection ends, its
// limits. Every number is read from where it holds.
import { Settings } from "../../config.ts";
import { AUTH_FRAME_RATE, USER_RATES } from "../../lib/rate-limit.ts";
import {
  AUTH_FRAME_LIMIT,
  AUTH_TIMEOUT_MS,
  BACKPRESSURE_LIMIT,
  BODY_LIMIT,
  CLOSE_CODES,
  type CloseReason,
  DEPTH_LIMIT,
  FRAME_LIMIT,
  GOING_AWAY,
  IDLE_SECONDS,
  IN_FLIGHT_LIMIT,
  POSITIONS_LIMIT,
  PROBE_MS,
  REF_LIMIT,
  REPLAY_LIMIT,
  RESUME_ROOMS,
  RESUME_TIMEOUT_MS,
  RESUMED_ROOMS,
  TYPING_TIMEOUT_MS,
  UNAUTHENTICATED_LIMIT,
} from "../../protocol/limits.ts";
import type { Channel } from "./frames.ts";

/** As people write it: `1,000`. */
export const count = (number: number) => number.toLocaleString("en-US");
const seconds = (milliseconds: number) => `${milliseconds / 1000} seconds`;
const size = (bytes: number) => (bytes < 1024 * 1024 ? `${bytes / 1024} KiB` : `${bytes / (1024 * 1024)} MiB`);

export const ABOUT =
  `Messages, receipts, typing and presence as they happen, over WebSockets. Frames are JSON text, one object
each, with a \`type\`. Clients send commands; the server responds to those that carry a \`ref\`, and sends events. The HTTP endpoints
are at /docs (OpenAPI: /openapi.json), this document for people at /docs/socket.`.replaceAll("\n", " ");

interface ChannelText {
  address: string;
  title: string;
  summary: string;
  description: string;
  parameter?: { name: string; description: string; example: string };
}

export const CHANNEL_TEXTS: Record<Channel, ChannelText> = {
  account: {
    address: "/ws",
    title: "All of a user's rooms",
    summary: "One socket for everything that a user belongs to.",
    description:
      "Carries the events of every room, and those of the account: presence, friend requests, rooms joined and left. Commands about a room name it. A room joined later is announced by `room.joined`.",
  },
  conversation: {
    address: "/ws/conversations/{conversation_id}",
    title: "One conversation",
    summary: "The socket of one direct conversation.",
    description:
      "Carries the events of that conversation. Commands need not name it; naming another one is refused with `bad_request`.",
    parameter: { name: "conversation_id", description: "The conversation's id.", example: "1" },
  },
  group: {
    address: "/ws/groups/{group_id}",
    title: "One group",
    summary: "The socket of one group.",
    description:
      "Carries the events of that group. Commands need not name it; naming another one is refused with `bad_request`. The socket of a member who is removed from the group is closed.",
    parameter: { name: "group_id", description: "The group's id.", example: "9" },
  },
};

/** Parameters of the address. */
export const QUERY = {
  token:
    "The `access_token` of `POST /login`. Without it, and without an `Authorization` header, the first frame must be `auth`.",
  resume: `Set to \`1\` to announce a \`resume\`: live events then wait for that command, for at most ${seconds(RESUME_TIMEOUT_MS)}, so that nothing arrives before what was missed.`,
};

interface Ending {
  code: number;
  reason: string;
  meaning: string;
  action: string;
}

const ENDINGS: Record<CloseReason, [meaning: string, action: string]> = {
  unauthorized: [
    `The session is missing, has expired or was ended (a logout, a new password), its user is banned, or the client did not authenticate within ${seconds(AUTH_TIMEOUT_MS)}.`,
    "Log in again, then connect with the new token.",
  ],
  forbidden: [
    "The user is not, or no longer, a member of this room, or pages of this web origin may not connect.",
    "Do not reconnect; remove the room from the screen.",
  ],
  not_found: [
    "The room does not exist, was deleted, or the user may not know that it exists.",
    "Do not reconnect; remove the room from the screen.",
  ],
  slow_down: [
    "The client went on sending after several hundred `slow_down` errors within seconds.",
    "A defect of the client: it must wait for `retry_after`. Reconnect after a minute.",
  ],
  frame_too_large: [
    `A frame was longer than ${size(FRAME_LIMIT)}, or a first one without a token longer than ${size(AUTH_FRAME_LIMIT)}.`,
    "A defect of the client: reconnect, and do not send that frame again.",
  ],
  restarted: [
    "The database was restored or replaced, and history may have gone back.",
    "Reconnect with backoff, and resume with the stored `epoch`.",
  ],
  too_many_sockets: [
    `The user already has ${Settings.properties.SOCKETS_PER_USER.default} sockets open (unless the operator configured another limit), or ${count(UNAUTHENTICATED_LIMIT)} connections from this network have not authenticated yet.`,
    "Close one that is not needed, or tell the user. Retry later, not at once.",
  ],
  too_slow: [
    `More than ${size(BACKPRESSURE_LIMIT)} of events were waiting while the connection resumed.`,
    "Reconnect and resume.",
  ],
  unavailable: ["The database is unavailable.", "Reconnect with backoff, and resume."],
};

/** Every way in which a connection ends, by code. */
export const CLOSES: Ending[] = [
  ...Object.entries(ENDINGS).map(([reason, [meaning, action]]) => ({
    code: CLOSE_CODES[reason as CloseReason],
    reason,
    meaning,
    action,
  })),
  {
    code: GOING_AWAY,
    reason: "",
    meaning: "The server is shutting down.",
    action: "Reconnect with backoff, and resume.",
  },
  {
    code: 1006,
    reason: "",
    meaning: `The connection was lost, was silent for ${IDLE_SECONDS} seconds, or left ${size(BACKPRESSURE_LIMIT)} of events unread. There is no close frame and therefore no reason.`,
    action: "Reconnect with backoff, and resume.",
  },
].sort((a, b) => a.code - b.code);

const rate = ({ rate, burst }: { rate: number; burst: number }) => `${rate} a second, ${burst} at once`;

/** The bounds, and what happens past each. */
export const LIMITS: { what: string; bound: string; past: string }[] = [
  { what: "A frame", bound: size(FRAME_LIMIT), past: "Closed with 1009." },
  { what: "The first frame of a connection without a token", bound: size(AUTH_FRAME_LIMIT), past: "Closed with 1009." },
  { what: "Nesting of a frame", bound: `${DEPTH_LIMIT} levels`, past: "`error` `bad_request`." },
  {
    what: "A message's text",
    bound: `1 to ${count(BODY_LIMIT)} characters after trimming`,
    past: "`error` `invalid`.",
  },
  { what: "`ref`", bound: `${REF_LIMIT} characters`, past: "`error` `invalid`." },
  { what: "Commands of a socket in flight", bound: count(IN_FLIGHT_LIMIT), past: "`error` `slow_down`." },
  {
    what: "Messages of a user, including edits, deletions and changes of groups",
    bound: rate(USER_RATES.send),
    past: "`error` `slow_down` with `retry_after`.",
  },
  {
    what: "Frames of a user, each counted once more for every 4 KiB",
    bound: rate(USER_RATES.command),
    past: "`error` `slow_down` with `retry_after`.",
  },
  { what: "Resumes of a user", bound: rate(USER_RATES.resume), past: "`error` `slow_down` with `retry_after`." },
  {
    what: "Sockets of a user",
    bound: `${Settings.properties.SOCKETS_PER_USER.default}, configurable by the operator`,
    past: `Closed with 1013, after ${seconds(PROBE_MS)} in which silent sockets are pinged and those without a client are closed.`,
  },
  {
    what: "Unauthenticated sockets of a network",
    bound: `${count(UNAUTHENTICATED_LIMIT)}; ${count(AUTH_FRAME_RATE.rate)} first frames a second, ${count(AUTH_FRAME_RATE.burst)} at once`,
    past: "Closed with 1013.",
  },
  { what: "Time to authenticate", bound: seconds(AUTH_TIMEOUT_MS), past: "Closed with 1008." },
  {
    what: "Time until an announced `resume`",
    bound: seconds(RESUME_TIMEOUT_MS),
    past: "Live events no longer wait for it.",
  },
  { what: "Rooms in one `resume`", bound: count(RESUME_ROOMS), past: "`error` `invalid`." },
  { what: "Changes of a room replayed", bound: count(REPLAY_LIMIT), past: "`resync` for that room." },
  { what: "Rooms in one `resumed`", bound: count(RESUMED_ROOMS), past: "Another `resumed` follows (`more` is true)." },
  {
    what: "Members in `resumed`",
    bound: `rooms of up to ${POSITIONS_LIMIT} members`,
    past: "Only the caller's own position.",
  },
  { what: "`typing.start`", bound: seconds(TYPING_TIMEOUT_MS), past: "Expires unless repeated." },
  {
    what: "Unread events of a slow client",
    bound: size(BACKPRESSURE_LIMIT),
    past: "Disconnected (1006); it can resume.",
  },
  {
    what: "Silence",
    bound: `${IDLE_SECONDS} seconds`,
    past: "Disconnected (1006). WebSocket clients answer the server's pings automatically.",
  },
];
