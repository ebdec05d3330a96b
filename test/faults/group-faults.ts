// What is done to a group of servers while people use it: to its servers, its database and its bus. Each fault ends by itself, with
// everything running again.
import type { Chance } from "../support/random.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { type ClientTargets, databasePids, endDatabase, recovery as recoveryOf, signal } from "./faults.ts";
import { countLeftovers, type LargeGroups } from "./large-groups.ts";
import type { ServerGroup } from "./server-group.ts";
import { connectTo } from "./stored.ts";
import type { Tally } from "./tally.ts";

/** What faults are done to. */
export interface GroupTargets extends ClientTargets {
  group: ServerGroup;
  largeGroups: LargeGroups;
  tally: Tally;
}

export type GroupFault = (targets: GroupTargets, chance: Chance) => Promise<void>;

// A server silent for longer is taken for dead.
const LONG_FREEZE_MS = 8_000;

/** To servers and PostgreSQL: one at a time. */
export const SERVER_FAULTS = {
  "a server killed": async ({ group, pause }, chance) => {
    const server = chance.pick(group.servers);
    await server.end("SIGKILL");
    await pause(chance.between(0, 4_000));
    await recovery(group);
  },
  "a server stopped": async ({ group }, chance) => {
    await chance.pick(group.servers).end("SIGTERM");
    await recovery(group);
  },
  "a server frozen": async ({ group, pause }, chance) => {
    await freeze([chance.pick(group.servers).pid], chance, pause);
    await recovery(group);
  },
  "every server restarted in turn": async ({ group }) => {
    for (const server of group.servers) {
      await server.end("SIGTERM");
      await server.startPatiently();
    }
    await recovery(group);
  },
  "PostgreSQL killed": async ({ group }) => {
    await endDatabase(group, "SIGKILL");
    await recovery(group);
  },
  "PostgreSQL frozen": async ({ group, pause }, chance) => {
    const pids = await databasePids(group);
    for (const pid of pids) signal(pid, "SIGSTOP");
    await pause(chance.between(500, 4_000));
    for (const pid of pids) signal(pid, "SIGCONT");
    await recovery(group);
  },
  "a server's database connections cut": async ({ group }, chance) => {
    chance.pick(group.members).databaseProxy.cut();
    await recovery(group);
  },
  "a server's database delayed": async ({ group, pause }, chance) => {
    const { databaseProxy } = chance.pick(group.members);
    databaseProxy.delayMs = chance.between(50, 500);
    await pause(chance.between(500, 4_000));
    databaseProxy.delayMs = 0;
    await recovery(group);
  },
  "answers to a server lost": async ({ group, pause }, chance) => {
    const { databaseProxy } = chance.pick(group.members);
    databaseProxy.swallowAnswers();
    await pause(chance.between(20, 500));
    databaseProxy.open();
    databaseProxy.cut();
    await recovery(group);
  },
  "large groups deleted, a server killed": (targets, chance) =>
    whilePurging(targets, chance, async (server) => void (await server.end("SIGKILL"))),
  "large groups deleted, PostgreSQL killed": (targets, chance) =>
    whilePurging(targets, chance, () => endDatabase(targets.group, "SIGKILL")),
} satisfies Record<string, GroupFault>;

/** To servers of which some run a former version. */
export const VERSION_FAULTS = {
  "a server replaced by the other version": async ({ group }, chance) => {
    const server = chance.pick(group.servers);
    const other = group.checkouts.find((checkout) => checkout !== server.checkout)!;
    await server.replace(other, chance.happens(0.3) ? "SIGKILL" : "SIGTERM");
    await recovery(group);
  },
  "every server upgraded in turn, then set back": async ({ group, pause }, chance) => {
    for (const checkout of group.checkouts.toReversed()) {
      for (const server of group.servers) await server.replace(checkout);
      await pause(chance.between(500, 3_000));
    }
    await recovery(group);
  },
} satisfies Record<string, GroupFault>;

/** To what the servers tell each other. */
export const BUS_FAULTS = {
  "bundles lost": async ({ group, pause }, chance) => {
    group.trouble.mode = "lost";
    await pause(chance.between(500, 4_000));
    group.trouble.mode = "none";
  },
  "bundles doubled": async ({ group, pause }, chance) => {
    group.trouble.mode = "doubled";
    await pause(chance.between(500, 4_000));
    group.trouble.mode = "none";
  },
  // Those of control as well: sessions, memberships and servers are heard of late.
  "notifications delayed": async ({ group, pause }, chance) => {
    const members = group.members.filter(() => chance.happens(0.6));
    for (const { databaseProxy } of members) databaseProxy.notificationDelayMs = chance.between(300, 3_000);
    await pause(chance.between(1_000, 6_000));
    for (const { databaseProxy } of members) databaseProxy.notificationDelayMs = 0;
  },
  "LISTEN terminated": async ({ group }) => {
    await onDatabase(
      group,
      (sql) => sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where query ilike 'listen %' and pid <> pg_backend_pid()`,
    );
  },
  // Whatever was told of sessions, memberships and rooms since the campaign began.
  "old notifications repeated": async ({ group }, chance) => {
    const payloads = chance.shuffled(group.trouble.control).slice(0, 50);
    if (payloads.length === 0) return;
    await onDatabase(group, (sql) => sql`select pg_notify('chat_control', p) from unnest(${payloads}::text[]) p`);
  },
} satisfies Record<string, GroupFault>;

/** To NATS, besides. */
export const NATS_FAULTS = {
  "NATS killed": async ({ group, pause }, chance) => {
    await group.nats!.kill();
    await pause(chance.between(100, 4_000));
    await group.nats!.restart();
  },
  "NATS frozen": async ({ group, pause }, chance) => {
    await freeze([group.nats!.pid], chance, pause);
  },
  "NATS cut": async ({ group }, chance) => {
    for (const { busProxy } of group.members) if (chance.happens(0.6)) busProxy!.cut("reset");
  },
  "NATS delayed": async ({ group, pause }, chance) => {
    for (const { busProxy } of group.members) if (chance.happens(0.6)) busProxy!.delay(chance.between(50, 1_000));
    await pause(chance.between(500, 4_000));
    for (const { busProxy } of group.members) busProxy!.delay(0);
  },
} satisfies Record<string, GroupFault>;

async function freeze(pids: number[], chance: Chance, pause: GroupTargets["pause"]) {
  for (const pid of pids) signal(pid, "SIGSTOP");
  // Now and then for longer than the others wait.
  await pause(chance.happens(0.25) ? LONG_FREEZE_MS : chance.between(500, 4_000));
  for (const pid of pids) signal(pid, "SIGCONT");
}

/** Two servers are removing what two large groups have left, or now and then one alone, when the fault is done to the first of them. */
async function whilePurging(
  { group, largeGroups, tally, pause }: GroupTargets,
  chance: Chance,
  fault: (server: ServerProcess) => Promise<void>,
) {
  const [first, second] = chance.shuffled(group.servers) as [ServerProcess, ServerProcess];
  const target = await group.target();
  const ids = await largeGroups.make(2, second.url, target);
  if (ids) {
    const deleters = chance.happens(0.5) ? [first, second] : [first, first];
    await Promise.all(deleters.map(({ url }, i) => largeGroups.delete(ids[i]!, url)));
    await Bun.sleep(chance.between(0, 200));
    await fault(first);
    tally.add("rows left by purges broken off", await countLeftovers(target, 0).catch(() => 0));
    await pause(chance.between(0, 4_000));
  }
  await recovery(group);
}

/** Until every server runs and its database answers. */
export const recovery = (group: ServerGroup) => recoveryOf(group.servers, () => group.revive());

async function onDatabase(group: ServerGroup, work: (sql: ReturnType<typeof connectTo>) => PromiseLike<unknown>) {
  const sql = connectTo(await group.target());
  try {
    await work(sql);
  } catch {
    // The database is away; this is one fault on top of another.
  } finally {
    await sql.end({ timeout: 1 });
  }
}
