// Every number that two sides know: what clients may send, and how a socket is ended. It imports nothing, so that clients may
// use it at run time. Lengths of text count Unicode code points.

// Texts.
export const USERNAME_MIN = 3;
export const USERNAME_MAX = 50;
/** How long nobody else gets a username that somebody gave up. */
export const HELD_NAME_DAYS = 90;
/** How often a username may be changed within how many days. */
export const USERNAME_CHANGES = 2;
export const USERNAME_CHANGE_DAYS = 30;
/** The least that a server may demand of passwords; a setting raises it. */
export const PASSWORD_MIN = 6;
export const PASSWORD_MAX = 128;
/** RFC 5321 allows 254 octets; characters are what people count. */
export const EMAIL_LIMIT = 254;
/** Invites of a group that have not run out. */
export const INVITES_LIMIT = 100;
export const INVITE_DAYS = 7;
export const INVITE_MAX_DAYS = 365;
export const INVITE_MAX_USES = 100_000;
/** How long a challenge of registrations is good for. */
export const CHALLENGE_SECONDS = 300;
/** Of a message, after trimming. */
export const BODY_LIMIT = 4_000;
/** Formatting and mentions of a message. */
export const ENTITIES_LIMIT = 100;
/** People mentioned in a message. */
export const MENTIONS_LIMIT = 50;
export const ENTITY_URL_LIMIT = 2_048;
export const ENTITY_LANGUAGE_LIMIT = 32;
/** What a message has besides its text, in bytes of JSON. */
export const MESSAGE_DATA_LIMIT = 16 * 1024;
/** Different emojis on a message. */
export const REACTIONS_LIMIT = 20;
/** People named with a reaction of a message. */
export const REACTION_USERS_LIMIT = 10;
/** How much of a message is quoted in a reply to it. */
export const QUOTE_LIMIT = 200;
/** In a group of at most this many, every member may mention all. */
export const MENTION_ALL_MEMBERS = 20;
/** Of a group, after trimming. */
export const GROUP_NAME_LIMIT = 50;
export const GROUP_DESCRIPTION_LIMIT = 255;
export const BAN_REASON_LIMIT = 255;
/** Of a report, after trimming; how many somebody may send in a day, and for how long one that is closed is kept. */
export const REPORT_COMMENT_LIMIT = 1_000;
export const REPORTS_A_DAY = 20;
export const REPORT_DAYS = 30;
/** Of a person, after trimming. */
export const DISPLAY_NAME_LIMIT = 50;
export const STATUS_LIMIT = 100;
/** Changes of a person that others are told of in an hour. */
export const PROFILE_EVENTS = 10;
/** Of one emoji, in code units; the longest in use have some 35. */
export const EMOJI_LIMIT = 64;
/** Of the longest names of languages and time zones in use. */
export const LOCALE_LIMIT = 35;
export const TIME_ZONE_LIMIT = 64;
// Files.
/** Files of a message. */
export const ATTACHMENTS_LIMIT = 10;
export const FILE_NAME_LIMIT = 255;
export const FILE_ALT_LIMIT = 1_000;
/** Of a recording: a day. */
export const FILE_DURATION_LIMIT_MS = 86_400_000;
/** Samples of a recording's loudness, and the loudest. */
export const WAVEFORM_LIMIT = 64;
export const WAVEFORM_MAX = 31;
/** Of a blurred preview, as a data URL. */
export const FILE_PREVIEW_LIMIT = 1_024;
/** Pixels of an image that is uploaded. */
export const IMAGE_PIXELS_LIMIT = 50_000_000;
/** The longer side of an image as it is kept, and of its thumbnail, in pixels. */
export const IMAGE_SIDE = 2_560;
export const THUMBNAIL_SIDE = 480;
/** Of a picture that is kept as it came, such as a GIF. */
export const FILE_DIMENSION_LIMIT = 65_535;
/** Uploads of a user that are not complete. */
export const UNFINISHED_FILES_LIMIT = 20;
/** How long an unfinished upload, and a file that no message has, are kept. */
export const UNUSED_FILE_HOURS = 24;
/** How long a token for reading files is valid. */
export const FILE_TOKEN_SECONDS = 3_600;
/** The tag by which a client recognizes the reply to a command. */
export const REF_LIMIT = 64;

/** The bounds of a timestamp on the wire. PostgreSQL stores moments beyond them, and `infinity`. */
export const FIRST_TIMESTAMP = "0001-01-01T00:00:00.000000+00:00";
export const LAST_TIMESTAMP = "9999-12-31T23:59:59.999999+00:00";

// Lists.
/** Rows of a page, and messages of a page of history. */
export const PAGE_LIMIT = 100;
/** Counting through pages costs more the deeper it goes; beyond this one `before` is the way. */
export const LAST_PAGE = 999;
/** Unread messages are counted up to this. */
export const UNREAD_LIMIT = 100;
/** People that are asked for by their ids at a time. */
export const PEOPLE_LIMIT = 100;
/** In a room of more members than this, `resumed` shows the caller's own position alone. */
export const POSITIONS_LIMIT = 100;

// Search.
export const SEARCH_QUERY_LIMIT = 200;
/** Results of a page. */
export const SEARCH_PAGE = 50;
/** Of the database's time, for a page. */
export const SEARCH_SECONDS = 3;

/** Objects and arrays of JSON inside each other, in bodies and frames; nothing in the protocol needs more than three. */
export const DEPTH_LIMIT = 16;
// Sockets.
/** The largest body of a request, in bytes: a message of 4,000 characters, each escaped and of four bytes, with room to spare. */
/** Passkeys of an account, and how long their names may be. */
export const PASSKEYS_LIMIT = 20;
export const PASSKEY_NAME_LIMIT = 50;

export const REQUEST_BODY_LIMIT = 64 * 1024;
/** The longest frame, in bytes; a longer one closes the connection with 1009. */
export const FRAME_LIMIT = 64 * 1024;
/** The longest first frame of a connection without a token, in bytes. */
export const AUTH_FRAME_LIMIT = 8 * 1024;
/** Unread events of a slow client, in bytes; past it the client is disconnected. It can resume. */
export const BACKPRESSURE_LIMIT = 1024 * 1024;
/** A connection that sends nothing, not even a pong, for this long is closed. */
export const IDLE_SECONDS = 120;
/** Commands of one socket in flight. */
export const IN_FLIGHT_LIMIT = 64;
/** Unauthenticated connections of one network (an IPv4 address, an IPv6 /64). */
export const UNAUTHENTICATED_LIMIT = 1_000;
/** How long a connection may take to authenticate. */
export const AUTH_TIMEOUT_MS = 10_000;
/** How long live events wait for the `resume` that a connection has announced. */
export const RESUME_TIMEOUT_MS = 10_000;
/** A room that has missed more changes than this is not replayed; the client reads it anew. */
export const REPLAY_LIMIT = 1_000;
/** Rooms in one `resumed`. */
export const RESUMED_ROOMS = 100;
/** Rooms that one `resume` may name. */
export const RESUME_ROOMS = 1_000;
/** A `typing.start` that is not repeated expires. */
export const TYPING_TIMEOUT_MS = 6_000;

/** A socket that was silent for this long may have lost its client; it is pinged when its user opens one socket too many. */
export const SILENCE_MS = 10_000;
/**
 * How long a pinged socket may take to respond; meanwhile the one too many stays open. Shorter than SILENCE_MS, so that a response
 * counts.
 */
export const PROBE_MS = 5_000;
/** Sockets of a user that may be open beyond the limit while others are pinged. */
export const EXTRA_SOCKETS = 5;

/** The timeouts of sockets, in milliseconds; tests shorten them. */
export const SOCKET_TIMES = {
  auth: AUTH_TIMEOUT_MS,
  resume: RESUME_TIMEOUT_MS,
  typing: TYPING_TIMEOUT_MS,
  silence: SILENCE_MS,
  probe: PROBE_MS,
  /** A user who is back within this was never offline: a page is reloaded, a phone changes networks. */
  presenceGrace: 2_000,
  /** How often all of these are checked. */
  sweep: 1_000,
};
export type SocketTimes = typeof SOCKET_TIMES;

/** Closes a connection that must not come back with the same token and room. */
export const POLICY_VIOLATION = 1008;

/** Closes a connection without a reason when the server shuts down: come back, to any server. */
export const GOING_AWAY = 1001;

/** By the close frame's reason. 1009: the frame was too large; 1012: come back at once; 1013: try again later. */
export const CLOSE_CODES = {
  unauthorized: POLICY_VIOLATION,
  forbidden: POLICY_VIOLATION,
  not_found: POLICY_VIOLATION,
  slow_down: POLICY_VIOLATION,
  frame_too_large: 1009,
  restarted: 1012,
  too_many_sockets: 1013,
  too_slow: 1013,
  unavailable: 1013,
} as const;
export type CloseReason = keyof typeof CLOSE_CODES;

/** API keys of a user, and bots of a person. */
export const API_KEYS_LIMIT = 20;
export const BOTS_LIMIT = 20;
export const KEY_NAME_LIMIT = 50;

/** Of a group that another system keeps: characters of its id, and people in one request. */
export const EXTERNAL_ID_LIMIT = 200;
export const ROOM_MEMBERS_LIMIT = 1000;
/** Issuers of tokens that are added at run time. */
export const ISSUERS_LIMIT = 100;
