// What those do who look after the server. Loaded when it is asked for.
import type { Api } from "../api.ts";
import type {
  AdminGroup,
  AdminMember,
  AdminUser,
  AdminUserDetails,
  AuditRecord,
  Health,
  Page,
  PasswordLink,
  Report,
  SessionInfo,
} from "../wire.ts";
import type { OwnerProof } from "./factors.ts";

export interface UserFilter {
  /** The beginning of a username, an id, or of admins a whole e-mail address. */
  query?: string;
  role?: "moderator" | "admin";
  /** Without it, everybody who is not deleted. */
  state?: "banned" | "deleted" | "bot";
}

export interface AuditFilter {
  event?: string;
  /** Who did it. */
  actor?: number;
  /** Whom it was done to. */
  user?: number;
  from?: string;
  to?: string;
}

export interface BanInput {
  /** A moment, or `forever`. */
  until: string;
  reason?: string;
}

export interface ReportDecision {
  status: "resolved" | "dismissed";
  /** What is done as well, in one step. */
  actions?: ("delete_message" | "delete_group" | "ban_user")[];
  /** Of a ban. */
  ban?: BanInput;
}

/** Each method throws ChatError, such as `forbidden` for what the role does not allow. */
export interface Administration {
  /** Newest first. */
  listUsers(filter?: UserFilter, cursor?: string | null): Promise<Page<AdminUser>>;
  getUser(userId: number): Promise<AdminUserDetails>;
  /** For admins alone, who prove that it is them: `bad_credentials`, `second_factor`, `log_in_again`. */
  setRole(userId: number, role: AdminUser["role"], proof?: OwnerProof): Promise<void>;
  /** Closes their sockets at once; also changes a ban. */
  ban(userId: number, ban: BanInput): Promise<void>;
  liftBan(userId: number): Promise<void>;
  listSessions(userId: number, cursor?: string | null): Promise<Page<SessionInfo>>;
  /** Ends sessions and API keys. */
  endSessions(userId: number): Promise<void>;
  /** For admins alone, as above. The link is mailed, or returned where the server can't mail it. */
  resetPassword(userId: number, proof?: OwnerProof): Promise<PasswordLink>;
  deleteMessage(messageId: number, reason?: string): Promise<void>;
  listGroups(query?: string, cursor?: string | null): Promise<Page<AdminGroup>>;
  getGroup(groupId: number): Promise<AdminGroup>;
  listMembers(groupId: number, cursor?: string | null): Promise<Page<AdminMember>>;
  deleteGroup(groupId: number, reason?: string): Promise<void>;
  listReports(status?: Report["status"], cursor?: string | null): Promise<Page<Report>>;
  decideReport(reportId: number, decision: ReportDecision): Promise<void>;
  /** Newest first. For admins alone. */
  listAudit(filter?: AuditFilter, cursor?: string | null): Promise<Page<AuditRecord>>;
  /** All of it, oldest first, as it arrives. For admins alone. */
  exportAudit(filter?: AuditFilter, format?: "csv" | "ndjson"): Promise<ReadableStream<Uint8Array>>;
  /** The figures of each server. Those that are rates are since the last call. */
  health(): Promise<Health>;
}

export function createAdministration(
  api: Api,
  readStream: (path: string) => Promise<ReadableStream<Uint8Array>>,
): Administration {
  const user = (userId: number) => `/admin/users/${userId}`;
  const group = (groupId: number) => `/admin/groups/${groupId}`;
  const because = (reason: string | undefined) => (reason === undefined ? undefined : { reason });
  const bodyOf = ({ password, code }: OwnerProof = {}) => ({ current_password: password, code });
  return {
    listUsers: (filter = {}, cursor) => api.page("/admin/users", { ...filter, cursor }),
    getUser: (userId) => api.one("GET", user(userId)),
    setRole: (userId, role, proof) => api.run("PUT", user(userId), { role, ...bodyOf(proof) }),
    ban: (userId, { until, reason }) => api.run("PUT", user(userId), { banned_until: until, ...because(reason) }),
    liftBan: (userId) => api.run("PUT", user(userId), { banned_until: null }),
    listSessions: (userId, cursor) => api.page(`${user(userId)}/sessions`, { cursor }),
    endSessions: (userId) => api.run("DELETE", `${user(userId)}/sessions`),
    resetPassword: (userId, proof) => api.one("POST", `${user(userId)}/password-reset`, bodyOf(proof)),
    deleteMessage: (messageId, reason) => api.run("DELETE", `/admin/messages/${messageId}`, because(reason)),
    listGroups: (query, cursor) => api.page("/admin/groups", { query, cursor }),
    getGroup: (groupId) => api.one("GET", group(groupId)),
    listMembers: (groupId, cursor) => api.page(`${group(groupId)}/members`, { cursor }),
    deleteGroup: (groupId, reason) => api.run("DELETE", group(groupId), because(reason)),
    listReports: (status, cursor) => api.page("/admin/reports", { status, cursor }),
    decideReport: (reportId, { status, actions, ban }) =>
      api.run("PUT", `/admin/reports/${reportId}`, {
        status,
        ...(actions && { actions }),
        ...(ban && { banned_until: ban.until, ...because(ban.reason) }),
      }),
    listAudit: (filter = {}, cursor) => api.page("/admin/audit", { ...filter, cursor }),
    exportAudit: (filter = {}, format = "csv") => {
      // (What http.ts has would be parted from the core.)
      const query = Object.entries({ ...filter, format }).map(([name, value]): [string, string] => [
        name,
        String(value),
      ]);
      return readStream(`/admin/audit?${new URLSearchParams(query)}`);
    },
    health: () => api.one("GET", "/admin/health"),
  };
}
