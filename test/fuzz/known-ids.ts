// Ids that the attackers have come to know, by kind: their own, each other's, and those of the innocent, which they are given so that
// their attempts reach something.
import type { Chance } from "../support/random.ts";
import type { Json } from "./documents.ts";

// Of each kind; older ones give way, so that what is tried goes on existing for a while.
const KEPT = 200;
const INNOCENT_SHARE = 0.25;

/** Other names of the same kind. */
const KINDS: Record<string, string> = {
  friend: "user",
  member: "user",
  actor: "user",
  owner: "user",
  sender: "user",
  last_message: "message",
  reply_to: "message",
  before: "message",
  after: "message",
  around: "message",
  cursor: "message",
  attachments: "file",
  from: "user",
};

const kindOf = (name: string) => {
  const base = name.replace(/_ids?$/, "");
  return KINDS[base] ?? base;
};

export class KnownIds {
  private readonly own = new Map<string, number[]>();
  private readonly innocent = new Map<string, number[]>();
  /** Messages with the room that they are in: `group` or `conversation`. */
  private readonly messages: { kind: string; room: number; id: number }[] = [];

  add(name: string, id: unknown, chance: Chance) {
    if (!Number.isSafeInteger(id)) return;
    const kind = kindOf(name);
    const ids = this.own.get(kind) ?? [];
    this.own.set(kind, ids);
    if (ids.length < KEPT) ids.push(id as number);
    else ids[Math.floor(chance.next() * KEPT)] = id as number;
  }

  addInnocent(kind: string, ...ids: number[]) {
    this.innocent.set(kind, [...(this.innocent.get(kind) ?? []), ...ids]);
  }

  /** An id that fits a field or parameter of this name, or any small number. */
  pick(name: string, chance: Chance): number {
    const kind = kindOf(name);
    const innocent = this.innocent.get(kind);
    if (innocent && chance.happens(INNOCENT_SHARE)) return chance.pick(innocent);
    const ids = this.own.get(kind);
    return ids && chance.happens(0.9) ? chance.pick(ids) : Math.ceil(chance.between(0, 500));
  }

  /** A message with its room, so that both fit; null while none is known. */
  pickMessage(kind: string, chance: Chance) {
    const fitting = this.messages.filter((message) => message.kind === kind);
    return fitting.length > 0 ? chance.pick(fitting) : null;
  }

  /** Keeps the ids in a response. `path` is that of the operation. */
  learn(path: string, body: Json, chance: Chance) {
    if (typeof body !== "object" || body === null) return;
    for (const part of [body, ...[body.data ?? []].flat().slice(0, 5)]) {
      if (typeof part !== "object" || part === null) continue;
      for (const [name, value] of Object.entries(part)) if (name.endsWith("_id")) this.add(name, value, chance);
      if (part.id === undefined) continue;
      const list = /\/(\w+?)(es|s)?(\/\{\w+\})?$/.exec(path)?.[1];
      if (!path.includes("/messages")) {
        if (list) this.add(list, part.id, chance);
        continue;
      }
      this.add("message", part.id, chance);
      const [kind, room] = part.group_id ? ["group", part.group_id] : ["conversation", part.conversation_id];
      if (!room) continue;
      const message = { kind, room, id: part.id };
      if (this.messages.length < KEPT) this.messages.push(message);
      else this.messages[Math.floor(chance.next() * KEPT)] = message;
    }
  }
}
