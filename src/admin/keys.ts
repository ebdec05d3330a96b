// Commands about API keys and invites.
import { parseArgs } from "node:util";
import { writeAudit } from "../audit/audit.ts";
import { ChatError } from "../lib/errors.ts";
import { StartupError } from "../lib/startup-error.ts";
import { createOperatorInvite } from "../modules/invites/policy.ts";
import { createKey, deleteKey, listKeys } from "../modules/keys/service.ts";
import { SCOPES, type Scope } from "../protocol/scopes.ts";
import { type Command, requireUser, UsageError } from "./tools.ts";

export const KEYS: Record<string, Command> = {
  "keys create": {
    usage: "keys create USER NAME SCOPE...",
    about: `creates an API key with scopes of ${SCOPES.join(", ")}, and prints it`,
    async run(tools, [name, label, ...scopes]) {
      if (!label || scopes.length === 0 || !scopes.every((scope) => SCOPES.includes(scope as Scope)))
        throw new UsageError();
      const user = await requireUser(tools, name);
      const input = { name: label, scopes: [...new Set(scopes)] as Scope[], client_id: crypto.randomUUID() };
      return (await createKey(tools, user.id, input)).key;
    },
  },
  "keys list": {
    usage: "keys list USER",
    about: "lists the API keys of somebody",
    async run(tools, [name]) {
      const { data } = await listKeys(tools, (await requireUser(tools, name)).id);
      const lines = data.map((key) => `${key.id}  ${key.name}  ${key.scopes.join(",")}  last used ${key.last_used_at}`);
      return lines.join("\n") || "None.";
    },
  },
  "keys delete": {
    usage: "keys delete USER ID",
    about: "ends an API key",
    async run(tools, [name, id]) {
      if (!/^\d{1,15}$/.test(id ?? "")) throw new UsageError();
      const user = await requireUser(tools, name);
      await deleteKey(tools, user.id, Number(id)).catch((error) => {
        if (error instanceof ChatError) throw new StartupError(`${user.username} has no key ${id}.`);
        throw error;
      });
      return `The key was deleted. ${tools.noticed}`;
    },
  },
  invite: {
    usage: "invite [--people N] [--days N]",
    about: "prints the link of an invite to the server, for one person and seven days unless told",
    async run({ db, mail, actor }, args) {
      const { values } = parseArgs({ args, options: { people: { type: "string" }, days: { type: "string" } } });
      const given = { maxUses: countOf(values.people), days: countOf(values.days) };
      const code = await db.transaction(async (tx) => {
        const { days = null, maxUses = null } = given;
        await writeAudit(tx, { event: "invite_created_by_admin", actor, details: { days, people: maxUses } });
        return createOperatorInvite(tx, JSON.parse(JSON.stringify(given)));
      });
      return mail.link(`invite/${code}`);
    },
  },
};

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError();
  return Number(text);
}
