// The user's own sessions, one a login.
import type { Api } from "../api.ts";
import { asChatError } from "../errors.ts";
import type { Page, SessionInfo } from "../wire.ts";

/** Each method throws ChatError. */
export interface Sessions {
  /** Newest login first. */
  list(cursor?: string | null): Promise<Page<SessionInfo>>;
  /** Logs a device out: its sockets are closed at once. */
  end(sessionId: number): Promise<void>;
  /** Logs every other device out. */
  endOthers(): Promise<void>;
}

export const createSessions = (api: Api): Sessions & { renew(): Promise<string | null> } => ({
  list: (cursor) => api.page("/sessions", { cursor }),
  end: (sessionId) => api.run("DELETE", `/sessions/${sessionId}`),
  endOthers: () => api.run("DELETE", "/sessions"),
  /** Another token of this session; null when the server is one that gives none. */
  async renew() {
    try {
      return (await api.call<{ access_token: string }>("POST", "/sessions/renew")).access_token;
    } catch (error) {
      if (asChatError(error).isTransient) throw error;
      return null;
    }
  },
});
