// Groups that the operator's own system keeps.
import type { Core } from "../../core.ts";
import { violatedUniqueConstraint } from "../../db/errors.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import type { ExternalRoom } from "../../protocol/admin.ts";
import type { Group } from "../../protocol/groups.ts";
import { changedConcurrently } from "../../protocol/refusals.ts";
import { findReferenced } from "../../sessions/on-behalf-of.ts";
import { findExternalGroup, saveExternalGroup, saveExternalMembers } from "../groups/external.ts";
import { cleanDescription, cleanName, createGroup, getGroup } from "../groups/service.ts";

/**
 * Creates the group with this id of the operator's, or makes it what is given: name, owner and members. Repeated it changes nothing, and
 * completes what was cut short. Throws `invalid`, `banned`, `slow_down`.
 */
export async function putRoom(core: Core, callerId: number, externalId: string, input: ExternalRoom): Promise<Group> {
  const { ownerId, memberIds } = await resolvePeople(core, input);
  const group =
    (await findExternalGroup(core, externalId)) ?? (await createRoom(core, externalId, input, ownerId ?? callerId));
  const { name, description, is_private: isPrivate } = input;
  await saveExternalGroup(core, group, {
    name: cleanName(name),
    ...(description !== undefined && { description: cleanDescription(description) }),
    ...(isPrivate !== undefined && { isPrivate }),
  });
  const owner = ownerId ?? group.ownerId;
  await saveExternalMembers(core, group, memberIds, owner);
  return getGroup(core, owner, group.groupId);
}

async function createRoom(core: Core, externalId: string, input: ExternalRoom, ownerId: number) {
  const { name, description, is_private } = input;
  try {
    const { id } = await createGroup(
      core,
      ownerId,
      { name, ...(description !== undefined && { description }), ...(is_private !== undefined && { is_private }) },
      externalId,
    );
    return { groupId: id, ownerId };
  } catch (error) {
    if (violatedUniqueConstraint(error) !== "groups_external_id") throw error;
    // Two requests at once: the other one created it.
    const created = await findExternalGroup(core, externalId);
    if (!created) throw new ChatError(changedConcurrently);
    return created;
  }
}

/** Throws `invalid` that names the field of whoever is nobody here. */
async function resolvePeople(core: Core, { owner, members }: ExternalRoom) {
  const found = await findReferenced(core.sql, owner === undefined ? members : [...members, owner]);
  const idOf = (reference: string, field: string) => {
    const userId = found.get(reference);
    if (userId === undefined) throw invalid(field, "is nobody here; create them first");
    return userId;
  };
  return {
    ownerId: owner === undefined ? undefined : idOf(owner, "owner"),
    memberIds: new Set(members.map((reference, index) => idOf(reference, `members.${index}`))),
  };
}
