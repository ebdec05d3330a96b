// The prose of the socket documents that belongs to no single frame: the channels, how to connect, how a connection ends, its
// limits. Every number is read from where it holds.
import { Settings } from "../config.ts";
import { DEPTH_LIMIT } from "../lib/json.ts";
import { INTRODUCTION_RATE, USER_RATES } from "../lib/rate-limit.ts";
import { REF_LIMIT } from "../protocol/commands.ts";
import {
  AUTH_FRAME_LIMIT,
  AUTH_TIMEOUT_MS,
  BACKPRESSURE_LIMIT,
  CLOSE_CODES,
  type CloseReason,
  FRAME_LIMIT,
  IDLE_SECONDS,
  IN_FLIGHT_LIMIT,
  POSITIONS_LIMIT,
  PROBE_MS,
  REPLAY_LIMIT,
  RESUME_ROOMS,
  RESUME_TIMEOUT_MS,
  RESUMED_ROOMS,
  STRANGERS_LIMIT,
  TYPING_TIMEOUT_MS,
} from "../protocol/limits.ts";
import { BODY_LIMIT } from "../protocol/messages.ts";
import type { Channel } from "./frames.ts";

/** As people write it: `1,000`. */
export const count = (number: number) => number.toLocaleString("en-US");
const seconds = (milliseconds: number) => `${milliseconds / 1000} seconds`;
const size = (bytes: number) => (bytes < 1024 * 1024 ? `${bytes / 1024} KiB` : `${bytes / (1024 * 1024)} MiB`);

export const ABOUT =
  `Messages, receipts, typing and presence as they happen, over WebSockets. Frames are JSON text, one object
each, with its \`type\`. A client sends commands; the server answers those that carry a \`ref\`, and sends events. The calls over HTTP
are at /docs (OpenAPI: /openapi.json), this document to read at /docs/socket.`.replaceAll("\n", " ");

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
    title: "Everything of a user",
    summary: "One socket for everything that a user belongs to.",
    description:
      "Carries every room's events, and those of the account: presence, friend requests, rooms that come and go. A command about a room names it. A room joined later appears by itself, with `room.joined`.",
  },
  conversation: {
    address: "/ws/conversations/{conversation_id}",
    title: "One conversation",
    summary: "The socket of one direct conversation.",
    description:
      "Carries that conversation's events. Its commands need not name it; naming another one is refused with `bad_request`.",
    parameter: { name: "conversation_id", description: "The conversation's id.", example: "1" },
  },
  group: {
    address: "/ws/groups/{group_id}",
    title: "One group",
    summary: "The socket of one group.",
    description:
      "Carries that group's events. Its commands need not name it; naming another one is refused with `bad_request`. Whoever is removed from the group loses the socket.",
    parameter: { name: "group_id", description: "The group's id.", example: "9" },
  },
};

/** What may be said in the address. */
export const QUERY = {
  token:
    "The `access_token` of `POST /login`. Without it, and without an `Authorization` header, the first frame must be `auth`.",
  resume: `Set to \`1\` when you are going to \`resume\`: live events then wait for that command, at most ${seconds(RESUME_TIMEOUT_MS)}, so that nothing comes before what you missed.`,
};

interface Ending {
  code: number;
  reason: string;
  meaning: string;
  action: string;
}

const ENDINGS: Record<CloseReason, [meaning: string, action: string]> = {
  unauthorized: [
    `The session is missing, has expired or was ended (a logout, a new password), or nothing said who you are within ${seconds(AUTH_TIMEOUT_MS)}.`,
    "Log in again, then connect with the new token.",
  ],
  forbidden: [
    "You are not a member of this room (any more), or pages of this web origin may not connect.",
    "Don't connect again; take the room off the screen.",
  ],
  not_found: [
    "There is no such room, or it is not yours to know about, or it was deleted.",
    "Don't connect again; take the room off the screen.",
  ],
  slow_down: [
    "The client went on after being told `slow_down` many hundred times within seconds.",
    "A defect of the client: wait as `retry_after` says. Connect again after a minute.",
  ],
  frame_too_large: [
    `A frame was longer than ${size(FRAME_LIMIT)}, or a first one without a token longer than ${size(AUTH_FRAME_LIMIT)}.`,
    "A defect of the client: connect again, and don't send that frame.",
  ],
  restarted: [
    "The database was restored or replaced, and history may have gone back.",
    "Connect again with growing pauses, and resume with the `epoch` that you have.",
  ],
  too_many_sockets: [
    `This user has ${Settings.properties.SOCKETS_PER_USER.default} sockets open already (unless the operator set another number), or ${count(STRANGERS_LIMIT)} from this network have not said who they are.`,
    "Close one that isn't needed, or tell the person. Try again later, not at once.",
  ],
  too_slow: [
    `More than ${size(BACKPRESSURE_LIMIT)} of events piled up while the connection resumed.`,
    "Connect again and resume.",
  ],
  unavailable: ["The database is away.", "Connect again with growing pauses, and resume."],
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
    code: 1001,
    reason: "",
    meaning: "The server is going down.",
    action: "Connect again with growing pauses, and resume.",
  },
  {
    code: 1006,
    reason: "",
    meaning: `The connection broke, was silent for ${IDLE_SECONDS} seconds, or let ${size(BACKPRESSURE_LIMIT)} pile up unread. No close frame came, so there is no reason to read.`,
    action: "Connect again with growing pauses, and resume.",
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
  { what: "Commands of a socket under way", bound: count(IN_FLIGHT_LIMIT), past: "`error` `slow_down`." },
  {
    what: "Messages of a user, edits, deletions and changes of groups included",
    bound: rate(USER_RATES.send),
    past: "`error` `slow_down` with `retry_after`.",
  },
  {
    what: "Frames of a user, each once more for every 4 KiB",
    bound: rate(USER_RATES.command),
    past: "`error` `slow_down` with `retry_after`.",
  },
  { what: "Resumes of a user", bound: rate(USER_RATES.resume), past: "`error` `slow_down` with `retry_after`." },
  {
    what: "Sockets of a user",
    bound: `${Settings.properties.SOCKETS_PER_USER.default}, as the operator sets it`,
    past: `Closed with 1013, after ${seconds(PROBE_MS)} in which the silent ones are asked whether they are still there.`,
  },
  {
    what: "Sockets of a network that have not said who they are",
    bound: `${count(STRANGERS_LIMIT)}; ${count(INTRODUCTION_RATE.rate)} first frames a second, ${count(INTRODUCTION_RATE.burst)} at once`,
    past: "Closed with 1013.",
  },
  { what: "Saying who you are", bound: seconds(AUTH_TIMEOUT_MS), past: "Closed with 1008." },
  { what: "Announced `resume`", bound: seconds(RESUME_TIMEOUT_MS), past: "Live events no longer wait for it." },
  { what: "Rooms in one `resume`", bound: count(RESUME_ROOMS), past: "`error` `invalid`." },
  { what: "Changes of a room replayed", bound: count(REPLAY_LIMIT), past: "`resync` for that room." },
  { what: "Rooms in one `resumed`", bound: count(RESUMED_ROOMS), past: "Another `resumed` follows (`more` is true)." },
  {
    what: "Members in `resumed`",
    bound: `rooms of up to ${POSITIONS_LIMIT} members`,
    past: "Your own position alone.",
  },
  { what: "`typing.start`", bound: seconds(TYPING_TIMEOUT_MS), past: "Ends by itself, unless repeated." },
  { what: "Unread events of a slow client", bound: size(BACKPRESSURE_LIMIT), past: "Cut off (1006); it can resume." },
  {
    what: "Silence",
    bound: `${IDLE_SECONDS} seconds`,
    past: "Closed (1006). Pings of the server's are answered by every WebSocket client by itself.",
  },
];
