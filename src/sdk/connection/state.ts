// What an application is shown of the connection.

export interface ConnectionState {
  /** `waiting` is between two tries, `closed` is for good. */
  state: "connecting" | "open" | "waiting" | "closed";
  /** When the next try comes, in milliseconds since 1970; null unless waiting. */
  retryAt: number | null;
  /** Why the last connection ended: the server's reason, `network`, `closed` or `logged_out`. */
  reason: string | null;
  /** Messages that wait to be sent. */
  queued: number;
}
