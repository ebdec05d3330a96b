// Commands about people: creating, finding, banning, roles, passwords, sessions.
import { parseArgs } from "node:util";
import { writeAudit } from "../audit/audit.ts";
import type { Transaction } from "../db/client.ts";
import { usernameFault } from "../lib/names.ts";
import { StartupError } from "../lib/startup-error.ts";
import { createAccount, takeNames } from "../modules/accounts/create.ts";
import { createResetLink, sendResetLink } from "../modules/accounts/recovery.ts";
import { type AfterCommit, banUser, liftBan } from "../modules/admin/bans.ts";
import { getUser, listUsers } from "../modules/admin/people.ts";
import { setServerRole } from "../modules/admin/roles.ts";
import { createPasswordLink, logOutUser } from "../modules/admin/users.ts";
import { type AdminUser, FOREVER } from "../protocol/admin.ts";
import { SERVER_ROLES, type ServerRole } from "../protocol/scopes.ts";
import { isTimestamp } from "../protocol/types.ts";
import { type Command, requireUser, type Tools, UsageError } from "./tools.ts";

const STATES = ["banned", "deleted", "bot"] as const;
/** The command line sees what admins see. */
const ADMIN = "admin";
const EMAIL = /^[^\s@]+@[^\s@]+$/;

const text = { type: "string" } as const;

async function act(tools: Tools, work: (tx: Transaction) => Promise<AfterCommit>): Promise<void> {
  const after = await tools.db.transaction(work);
  after();
}

const isRole = (role: string | undefined): role is ServerRole => SERVER_ROLES.includes(role as ServerRole);

const lineOf = (user: AdminUser) =>
  [
    user.id,
    user.username,
    user.is_bot ? `bot of ${user.owner_id}` : user.role,
    ...(user.email ? [user.email] : []),
    `since ${user.created_at.slice(0, 10)}`,
    ...(user.banned_until ? [user.banned_until === FOREVER ? "banned" : `banned until ${user.banned_until}`] : []),
    ...(user.deleted_at ? [`deleted ${user.deleted_at.slice(0, 10)}`] : []),
  ].join("  ");

export const PEOPLE: Record<string, Command> = {
  create: {
    usage: "create USER [--email ADDRESS] [--role user|moderator|admin]",
    about:
      "creates an account, and mails or prints a link by which its owner chooses a password, once and within a day",
    async run(tools, args) {
      const { values, positionals } = parseArgs({ args, options: { email: text, role: text }, allowPositionals: true });
      const { email, role } = values;
      const username = positionals[0]?.normalize("NFC");
      if (!username || positionals.length > 1 || (role !== undefined && !isRole(role))) throw new UsageError();
      const fault = usernameFault(username);
      if (fault) throw new StartupError(`The username ${fault}.`);
      if (email !== undefined && !EMAIL.test(email)) throw new StartupError("The e-mail address is not valid.");
      const isSent = tools.mail.hasServer && email !== undefined;
      const { link } = await takeNames(tools.db, async (tx) => {
        const { id } = await createAccount(tools, tx, { username, ...(email !== undefined && { email }) });
        await writeAudit(tx, { event: "registered", actor: tools.actor, userId: id });
        if (role) await setServerRole(tools, tx, tools.actor, id, { role });
        return createResetLink(tools, tx, { id, email: isSent ? email : null });
      });
      if (!isSent) return `${username} was created, and chooses a password here, once and within a day:\n${link}`;
      sendResetLink(tools, { username, email }, link);
      return `${username} was created, and gets a mail with a link by which to choose a password.`;
    },
  },
  list: {
    usage: "list [NAME] [--role user|moderator|admin] [--state banned|deleted|bot]",
    about: "lists people, the newest first, or those whose name begins so",
    async run(tools, args) {
      const { values, positionals } = parseArgs({ args, options: { role: text, state: text }, allowPositionals: true });
      const { role, state } = values;
      const isState = state === undefined || STATES.includes(state as never);
      if (positionals.length > 1 || !isState || (role !== undefined && !isRole(role))) throw new UsageError();
      const [query] = positionals;
      const filter = {
        ...(query !== undefined && { query }),
        ...(role !== undefined && { role }),
        ...(state !== undefined && { state: state as (typeof STATES)[number] }),
      };
      return listLines(tools, filter);
    },
  },
  show: {
    usage: "show USER",
    about: "shows somebody",
    async run(tools, [name]) {
      const user = await getUser(tools, ADMIN, (await requireUser(tools, name)).id, null);
      const reason = user.ban_reason ? [`reason: ${user.ban_reason}`] : [];
      return [lineOf(user), `${user.sessions} sessions, ${user.groups} groups`, ...reason].join("\n");
    },
  },
  role: {
    usage: "role USER user|moderator|admin",
    about: "gives somebody a role, or takes it away",
    async run(tools, [name, role]) {
      if (!isRole(role)) throw new UsageError();
      const user = await requireUser(tools, name);
      await act(tools, (tx) => setServerRole(tools, tx, tools.actor, user.id, { role }));
      return `${user.username} has the role ${role}. ${tools.noticed}`;
    },
  },
  disable: {
    usage: "disable USER [--until TIME] [--reason TEXT]",
    about: "bans somebody, until a moment such as 2026-12-31T18:00:00Z or until they are enabled again",
    async run(tools, args) {
      const { values, positionals } = parseArgs({
        args,
        options: { until: text, reason: text },
        allowPositionals: true,
      });
      const { until = FOREVER, reason } = values;
      if (positionals.length !== 1 || (until !== FOREVER && !isTimestamp(until))) throw new UsageError();
      const user = await requireUser(tools, positionals[0]);
      await act(tools, (tx) => banUser(tools, tx, tools.actor, user.id, { until, reason }));
      return `${user.username} is banned${until === FOREVER ? "" : ` until ${until}`}. ${tools.noticed}`;
    },
  },
  enable: {
    usage: "enable USER [--reason TEXT]",
    about: "lifts a ban",
    async run(tools, args) {
      const { values, positionals } = parseArgs({ args, options: { reason: text }, allowPositionals: true });
      if (positionals.length !== 1) throw new UsageError();
      const user = await requireUser(tools, positionals[0]);
      await act(tools, (tx) => liftBan(tools, tx, tools.actor, user.id, values.reason));
      return `${user.username} is not banned.`;
    },
  },
  "reset-password": {
    usage: "reset-password USER",
    about: "mails or prints a link by which somebody chooses a new password, once and within a day",
    async run(tools, [name]) {
      const user = await requireUser(tools, name);
      const { link } = await createPasswordLink(tools, tools.actor, user.id);
      return link === undefined
        ? `${user.username} gets a mail with a link by which to choose a new password.`
        : `${user.username} chooses a new password here, once and within a day:\n${link}`;
    },
  },
  revoke: {
    usage: "revoke USER",
    about: "ends all sessions and API keys of somebody",
    async run(tools, [name]) {
      const user = await requireUser(tools, name);
      await logOutUser(tools, tools.actor, user.id);
      return `${user.username} was logged out everywhere. ${tools.noticed}`;
    },
  },
};

async function* listLines(tools: Tools, filter: object): AsyncGenerator<string> {
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await listUsers(tools, ADMIN, { ...filter, cursor });
    if (page.data.length === 0) yield "Nobody.\n";
    yield page.data.map((user) => `${lineOf(user)}\n`).join("");
    cursor = page.next_cursor;
  }
}
