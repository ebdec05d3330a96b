// Who makes a call as a moderator or an admin, for the audit log.
import type { Actor } from "../../audit/audit.ts";
import type { Core } from "../../core.ts";
import { clientAddress } from "../../http/client-address.ts";
import { actingRole } from "../../sessions/scopes.ts";
import type { Session } from "../../sessions/sessions.ts";

export const actorOf = (
  { config }: Pick<Core, "config">,
  session: Session,
  request: Request,
  server: Parameters<typeof clientAddress>[1],
): Actor => ({
  id: session.userId,
  role: actingRole(session),
  address: clientAddress(request, server, config.trustProxy),
});
