// A campaign against several servers on one database: `bun run faults --servers 3`. Clients connect to any of them, and come back to
// any other.
import { Chance } from "../support/random.ts";
import type { Launch } from "../support/server-process.ts";
import { CLIENT_FAULTS, NETWORK_FAULTS } from "./faults.ts";
import { BUS_FAULTS, type GroupTargets, NATS_FAULTS, SERVER_FAULTS, VERSION_FAULTS } from "./group-faults.ts";
import { LargeGroups } from "./large-groups.ts";
import { actsOn, paced, play, type Report, type Series } from "./play.ts";
import { Scene } from "./scene.ts";
import { type BusName, ServerGroup } from "./server-group.ts";

export interface GroupWeights {
  servers: Partial<Record<keyof typeof SERVER_FAULTS | keyof typeof VERSION_FAULTS, number>>;
  bus: Partial<Record<keyof typeof BUS_FAULTS | keyof typeof NATS_FAULTS, number>>;
  network: Partial<Record<keyof typeof NETWORK_FAULTS, number>>;
  clients: Partial<Record<keyof typeof CLIENT_FAULTS, number>>;
}

export interface GroupPlan {
  servers: number;
  bus: BusName;
  seconds: number;
  seed: number;
  weights: GroupWeights;
  /** How long the pauses between faults are, compared with those of PAUSE_MS. */
  pace?: number;
  least?: number;
  launch?: Launch;
  /** A commit that some of the servers run as it was then. */
  former?: string | undefined;
}

export const everythingOn = (bus: BusName, hasFormer = false): GroupWeights => ({
  servers: {
    ...(hasFormer && {
      "a server replaced by the other version": 6,
      "every server upgraded in turn, then set back": 2,
    }),
    "a server killed": 4,
    "a server stopped": 1,
    "a server frozen": 3,
    "every server restarted in turn": 1,
    "PostgreSQL killed": 1,
    "PostgreSQL frozen": 1,
    "a server's database connections cut": 2,
    "a server's database delayed": 2,
    "answers to a server lost": 2,
    "large groups deleted, a server killed": 1,
    "large groups deleted, PostgreSQL killed": 1,
  },
  bus: {
    "bundles lost": 3,
    "bundles doubled": 2,
    "notifications delayed": 3,
    "LISTEN terminated": 2,
    "old notifications repeated": 2,
    ...(bus === "nats" && { "NATS killed": 2, "NATS frozen": 1, "NATS cut": 3, "NATS delayed": 2 }),
  },
  network: {
    "every connection cut": 1,
    "some connections cut": 3,
    "everything delayed": 2,
    "some connections silent": 2,
  },
  clients: { "client restarted": 5, "client away": 1, "session ended": 2 },
});

const PAUSE_MS: Record<keyof GroupWeights, [number, number]> = {
  servers: [500, 5_000],
  bus: [200, 3_000],
  network: [200, 3_000],
  clients: [100, 1_000],
};

// Milliseconds as a rule; so long when notifications of the database did not come through.
const SESSION_GRACE_MS = 5_000;

/** Runs it to its end. Throws when a server does not come back. */
export async function runGroupCampaign(options: GroupPlan): Promise<Report> {
  const { servers, bus, weights, pace, launch, former, ...plan } = options;
  const chance = new Chance(plan.seed, "group campaign");
  const group = await ServerGroup.create(servers, bus, { launch, former });
  const scene = await Scene.open(group, chance);
  const { network, clients, tally } = scene;
  const report = await play(scene, chance, plan, (pause) => {
    const targets: GroupTargets = {
      group,
      url: network.url,
      urls: group.urls,
      graceMs: SESSION_GRACE_MS,
      network,
      clients,
      largeGroups: new LargeGroups(),
      tally,
      pause,
    };
    const series = (kind: keyof GroupWeights, acts: Series["acts"]): Series => {
      return { kind, acts, weights: weights[kind], pauseMs: paced(PAUSE_MS[kind], pace) };
    };
    return [
      series("servers", actsOn({ ...SERVER_FAULTS, ...VERSION_FAULTS }, targets)),
      series("bus", actsOn({ ...BUS_FAULTS, ...NATS_FAULTS }, targets)),
      series("network", actsOn(NETWORK_FAULTS, targets)),
      series("clients", actsOn(CLIENT_FAULTS, targets)),
    ];
  });
  if (group.trouble.carried === 0) tally.surprise("nothing came over the bus");
  tally.add("bundles carried", group.trouble.carried);
  for (const [what, times] of Object.entries(group.trouble.done)) tally.add(`bundles ${what}`, times);
  return report;
}
