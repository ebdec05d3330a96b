// What a user interface sees of the connection.
export interface ConnectionState {
  /** `waiting` is between two attempts, `closed` is final. */
  state: "connecting" | "open" | "waiting" | "closed";
  /** When the next attempt starts, in milliseconds since 1970; null unless waiting. */
  retryAt: number | null;
  /** Why the last connection ended: the server's reason, `network`, `closed` or `logged_out`. */
  reason: string | null;
  /** The number of messages that wait to be sent. */
  queued: number;
}
