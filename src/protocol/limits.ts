// The bounds of a socket, and how one is ended.

/** In a room of more members than this, `resumed` shows one's own position alone. */
export { POSITIONS_LIMIT } from "../timeline/catch-up.ts";
/** The largest body of a request, in bytes: a message of 4,000 characters, each escaped and of four bytes, with room to spare. */
export const REQUEST_BODY_LIMIT = 64 * 1024;
/** A frame may be this long, in bytes; a longer one ends the connection with 1009. */
export const FRAME_LIMIT = 64 * 1024;
/** A consumer that lets this much pile up is cut off; it can come back and read what it missed. In bytes. */
export const BACKPRESSURE_LIMIT = 1024 * 1024;
/** A connection that neither sends nor answers a ping for this long is closed. */
export const IDLE_SECONDS = 120;
/** Commands of one socket under way at once. */
export const IN_FLIGHT_LIMIT = 64;
/** The first frame of a connection that came without a token, in bytes. */
export const AUTH_FRAME_LIMIT = 8 * 1024;
/** Connections of one network (an IPv4 address, an IPv6 /64) whose user is not known yet, at once. */
export const STRANGERS_LIMIT = 1_000;
/** How long a connection may take to say who it is. */
export const AUTH_TIMEOUT_MS = 10_000;
/** How long live events wait for the `resume` that a connection has announced. */
export const RESUME_TIMEOUT_MS = 10_000;
/** A room that has missed more changes than this is not replayed; the client reads it anew. */
export const REPLAY_LIMIT = 1_000;
/** Rooms that one `resumed` tells of. */
export const RESUMED_ROOMS = 100;
/** Rooms that one `resume` may name. */
export const RESUME_ROOMS = 1_000;
/** A `typing.start` that is not repeated ends by itself. */
export const TYPING_TIMEOUT_MS = 6_000;

/** A socket that was silent for this long may have lost its client; it is asked when its user opens one too many. */
export const SILENCE_MS = 10_000;
/** How long it has to answer, and the one too many is let in meanwhile; shorter than SILENCE_MS, so that an answer counts. */
export const PROBE_MS = 5_000;
/** Sockets that are let in at once while others are asked. */
export const EXTRA_SOCKETS = 5;

/** The times that a socket is held to, in milliseconds; a test may shorten them. */
export const SOCKET_TIMES = {
  auth: AUTH_TIMEOUT_MS,
  resume: RESUME_TIMEOUT_MS,
  typing: TYPING_TIMEOUT_MS,
  silence: SILENCE_MS,
  probe: PROBE_MS,
  /** How often all of these are looked at. */
  sweep: 1_000,
};
export type SocketTimes = typeof SOCKET_TIMES;

/** Why a connection was ended, as the close frame's reason. */
export type CloseReason =
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "too_many_sockets"
  | "slow_down"
  | "too_slow"
  | "frame_too_large"
  | "restarted"
  | "unavailable";

/** 1008: don't come back with the same token and room; 1009: the frame was too large; 1012: come back at once; 1013: try again later. */
export const CLOSE_CODES: Record<CloseReason, number> = {
  unauthorized: 1008,
  forbidden: 1008,
  not_found: 1008,
  slow_down: 1008,
  frame_too_large: 1009,
  restarted: 1012,
  too_many_sockets: 1013,
  too_slow: 1013,
  unavailable: 1013,
};
