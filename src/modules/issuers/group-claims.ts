// The groups that an issuer's tokens say somebody is in, by the ids of the operator's own system: joined and left as the newest token says.
// Of groups that another way led into, such as the list of `PUT /admin/rooms`, nobody is taken out.
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { groups, identities } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { safeError } from "../../lib/log.ts";
import { addExternalMember, removeExternalMember } from "../groups/external.ts";

interface Identity {
  /** The issuer's name. */
  issuer: string;
  subject: string;
  userId: number;
}

/** Of tokens that come at once, the newest wins within as many rounds; so often is tried what somebody else's change was in the way of. */
const ROUNDS = 5;
const PAUSE_MS = 50;

const isIdentity = ({ issuer, subject }: Identity) =>
  and(eq(identities.issuer, issuer), eq(identities.subject, subject));

/**
 * Makes memberships what the newest token has said. A group that is not there, or that its user is banned from, is left out, and tried
 * again with the next token; so is what fails.
 */
export async function applyGroups(core: Core, identity: Identity): Promise<void> {
  for (let round = 1; round <= ROUNDS; round++) {
    try {
      if (await applyOnce(core, identity)) return;
    } catch (error) {
      if (round === ROUNDS)
        core.log.warn({ issuer: identity.issuer, error: safeError(error) }, "groups of a token could not be applied");
      else await Bun.sleep(PAUSE_MS * round);
    }
  }
}

/** Returns whether what was applied is still what the newest token says. */
async function applyOnce(core: Core, identity: Identity): Promise<boolean> {
  const before = await read(core, identity);
  if (!before) return true;
  const wanted = new Set(before.profile?.groups ?? []);
  const joined = new Set(before.groups ?? []);
  const others = [...wanted.symmetricDifference(joined)];
  if (others.length === 0) return true;
  const rooms = await core.db
    .select({ externalId: groups.externalId, groupId: groups.roomId, ownerId: groups.ownerId })
    .from(groups)
    .where(inArray(groups.externalId, others));
  for (const { externalId, ...room } of rooms) {
    const id = externalId!;
    if (wanted.has(id))
      await addExternalMember(core, room, identity.userId, (tx) =>
        save(tx, identity, sql`array_append(array_remove(${identities.groups}, ${id}), ${id})`),
      ).catch(ignoreRefusals);
    else
      await removeExternalMember(core, room, identity.userId, (tx) =>
        save(tx, identity, sql`array_remove(${identities.groups}, ${id})`),
      );
  }
  const gone = others.filter((id) => joined.has(id) && !rooms.some(({ externalId }) => externalId === id));
  if (gone.length > 0)
    await save(
      core.db,
      identity,
      sql`array(select unnest(${identities.groups}) except select unnest(${sql.param(gone)}::text[]))`,
    );
  const after = await read(core, identity);
  return !after || after.profileAt === before.profileAt;
}

async function read({ db }: Core, identity: Identity) {
  const [found] = await db.select().from(identities).where(isIdentity(identity));
  return found ?? null;
}

const save = (db: Core["db"] | Transaction, identity: Identity, ids: ReturnType<typeof sql>) =>
  db
    .update(identities)
    .set({ groups: ids as never })
    .where(isIdentity(identity));

/** Somebody who is banned stays out. */
function ignoreRefusals(error: unknown) {
  if (!(error instanceof ChatError && error.code === "banned")) throw error;
}
