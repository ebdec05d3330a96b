// Mutants of what servers on one database do together, to see that campaigns against several servers can fail.
import type { Fault } from "./checker.ts";
import type { GroupWeights } from "./group-campaign.ts";
import { type Edit, MUTANTS } from "./mutants.ts";
import type { BusName } from "./server-group.ts";

export interface GroupMutant {
  edits: Edit[];
  weights: GroupWeights | ((bus: BusName) => GroupWeights);
  /** Every one of these must be found. */
  caughtAs: Fault[];
}

const NOTHING: GroupWeights = { servers: {}, bus: {}, network: {}, clients: {} };

export const GROUP_MUTANTS = {
  "servers that do not hear each other": {
    edits: [{ file: "main.ts", find: "...(node.isShared && { cluster }),", replace: "" }],
    weights: { ...NOTHING, network: { "some connections cut": 1 } },
    caughtAs: ["gaps"],
  },
  "no order among servers": {
    edits: [
      {
        file: "bus/sequencer.ts",
        find: "} else if (event.seq === line.at + 1) {",
        replace: "} else if (event.seq !== line.at) {",
      },
    ],
    weights: { ...NOTHING, bus: { "bundles doubled": 1 } },
    caughtAs: ["doubled", "outOfOrder"],
  },
  "no gap recovery": {
    edits: [
      {
        file: "bus/sequencer.ts",
        find: "if (this.isClosed || line.target <= line.at || this.lines.get(line.id) !== line) return;",
        replace: "if (line) return;",
      },
    ],
    weights: { ...NOTHING, bus: { "bundles lost": 1 } },
    caughtAs: ["gaps"],
  },
  "no waiting for what a replay has read": {
    edits: [
      {
        file: "bus/sequencer.ts",
        find: "if (!line || line.hasReached(seq)) continue;",
        replace: "if (line ?? true) continue;",
      },
    ],
    // What is heard late was read meanwhile by those who came back.
    weights: (bus) => ({
      ...NOTHING,
      bus: bus === "nats" ? { "NATS delayed": 1 } : { "notifications delayed": 1 },
      network: { "every connection cut": 1 },
    }),
    caughtAs: ["doubled"],
  },
  "a position before its subscription": {
    edits: [
      // Its own event would let a member in before that.
      {
        file: "bus/cluster.ts",
        find: "this.parts.local.publishEvent(event);",
        replace:
          'this.parts.local.publishEvent(event.signal?.type === "member.joined" ? { ...event, signal: null } : event);',
      },
      {
        file: "bus/memberships.ts",
        find: "whenCaughtUp(bus, [[roomId, seq]], isStale, () => {",
        replace: "whenCaughtUp(bus, [[roomId, seq]], isStale, async () => {",
      },
      {
        file: "bus/memberships.ts",
        find: "const at = positionOf(roomId) ?? seq;",
        replace: "const at = positionOf(roomId) ?? seq;\n    await Bun.sleep(200);",
      },
    ],
    weights: { ...NOTHING, bus: { "bundles doubled": 1 } },
    caughtAs: ["gaps"],
  },
  "removals that stay on their server": {
    edits: [
      {
        file: "bus/cluster.ts",
        find: "this.parts.local.publishEvent(event);",
        replace:
          'this.parts.local.publishEvent(event.signal?.type === "member.removed" ? { ...event, signal: null } : event);',
      },
    ],
    weights: { ...NOTHING, bus: { "bundles doubled": 1 } },
    caughtAs: ["seenByOutsiders"],
  },
  "presence of one server alone": {
    edits: [
      {
        file: "app.ts",
        find: "sharedPresence?.online(userIds) ?? new Set(userIds.filter(isOnline)),",
        replace: "new Set(userIds.filter(isOnline)),",
      },
    ],
    weights: { ...NOTHING, network: { "some connections cut": 1 } },
    caughtAs: ["wrongPresence"],
  },
  "delivered by whoever has stored it": {
    edits: [
      {
        file: "timeline/message-lane.ts",
        find: "isReached: this.parts.isReached(id) }",
        replace: "isReached: true }",
      },
    ],
    weights: { ...NOTHING, network: { "some connections cut": 1 } },
    caughtAs: ["wrongDeliveries"],
  },
  "recipients on another server who are never taken for gone": {
    edits: [
      {
        file: "bus/reached-users.ts",
        find: "if (this.vouched.delete(userId)) this.say(userId, false);",
        replace: "this.vouched.delete(userId);",
      },
    ],
    weights: { ...NOTHING, network: { "some connections cut": 1 } },
    caughtAs: ["wrongDeliveries"],
  },
  "sessions that outlive their end on another server": {
    edits: MUTANTS["sockets outlive their session"].edits,
    weights: { ...NOTHING, clients: { "session ended": 1 } },
    caughtAs: ["sessionsOutlived"],
  },
} satisfies Record<string, GroupMutant>;

export type GroupMutantName = keyof typeof GROUP_MUTANTS;
