// What a chat of many users asks of its servers, of the bus between them and of PostgreSQL, by sampling messages from assumptions
// about people: `bun run simulate`. docs/scaling.md shows its table. Not a measurement: what one server or one PostgreSQL carries is
// an assumption too, taken from docs/performance.md.
import { parseArgs } from "node:util";
import { Chance } from "../support/random.ts";

export const ASSUMPTIONS = {
  /** Of all users, at the busiest hour. */
  onlineShare: 0.2,
  messagesPerUserAndDay: 40,
  /** The busiest hour over the mean. */
  peakFactor: 2.5,
  /** Of a user's rooms, and so of their messages. */
  pairShare: 0.7,
  /** The exponent by which the share of groups of at least a size falls; 1 is a heavier tail. */
  groupTail: 2,
  largestGroup: 100_000,
  bytesPerMessage: 250,
  /** With what surrounds a frame on the bus. */
  bytesOnBus: 300,
  socketsPerServer: 50_000,
  /** Messages a second that one PostgreSQL stores. */
  messagesPerDatabase: 18_000,
  samples: 200_000,
  seed: 1,
};
export type Assumptions = typeof ASSUMPTIONS;

const SMALLEST_GROUP = 3;
const SECONDS_A_DAY = 86_400;

export interface Outcome {
  users: number;
  /** At the peak, all servers together. */
  messagesPerSecond: number;
  bytesPerDay: number;
  databases: number;
  servers: number;
  serversPerDatabase: number;
  /** Sockets that one message reaches, the sender's own left out. */
  fanOut: number;
  /** Other servers that have a recipient of a message. */
  otherServers: number;
  /** Frames a second that one server writes to its sockets. */
  framesPerServer: number;
  /** Messages a second that one server hears on the bus: all of its database's that others have stored. */
  heardPerServer: number;
  bytesHeardPerServer: number;
}

export function simulate(users: number, assumed: Assumptions = ASSUMPTIONS): Outcome {
  const { onlineShare, peakFactor, samples, bytesPerMessage, bytesOnBus } = assumed;
  const messagesPerDay = users * assumed.messagesPerUserAndDay;
  const messagesPerSecond = (messagesPerDay / SECONDS_A_DAY) * peakFactor;
  const servers = Math.max(1, Math.ceil((users * onlineShare) / assumed.socketsPerServer));
  const databases = Math.max(1, Math.ceil(messagesPerSecond / assumed.messagesPerDatabase));
  const serversPerDatabase = Math.ceil(servers / databases);
  const chance = new Chance(assumed.seed, "simulate");
  let reached = 0;
  let others = 0;
  for (let i = 0; i < samples; i++) {
    const online = (Math.min(roomSize(chance, assumed), users) - 1) * onlineShare;
    // A fraction of a recipient is the probability of one.
    const whole = Math.floor(online) + (chance.next() < online % 1 ? 1 : 0);
    reached += whole;
    // Of the other servers, those on which at least one of so many recipients is.
    others += (serversPerDatabase - 1) * (1 - (1 - 1 / serversPerDatabase) ** whole);
  }
  const fanOut = reached / samples;
  const heardPerServer = ((messagesPerSecond / databases) * (serversPerDatabase - 1)) / serversPerDatabase;
  return {
    users,
    messagesPerSecond,
    bytesPerDay: messagesPerDay * bytesPerMessage,
    databases,
    servers,
    serversPerDatabase,
    fanOut,
    otherServers: others / samples,
    framesPerServer: (messagesPerSecond * fanOut) / servers,
    heardPerServer,
    bytesHeardPerServer: heardPerServer * bytesOnBus,
  };
}

/** Of the room of a message. A group is met as often as it has members, so that its size is drawn by membership. */
function roomSize(chance: Chance, { pairShare, groupTail, largestGroup }: Assumptions): number {
  if (chance.next() < pairShare) return 2;
  // The inverse of the distribution s^-tail between the bounds, or of 1/s where the tail is 1.
  const [u, span] = [chance.next(), largestGroup / SMALLEST_GROUP];
  if (groupTail === 1) return Math.floor(SMALLEST_GROUP * span ** u);
  const power = 1 - groupTail;
  return Math.floor(SMALLEST_GROUP * (1 - u * (1 - span ** power)) ** (1 / power));
}

const count = (value: number) => {
  const digits = value >= 100 ? Math.round(value).toLocaleString("en") : Number(value.toPrecision(2)).toString();
  return digits;
};
const size = (bytes: number) => {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${count(bytes / 1000 ** unit)} ${units[unit]}`;
};

/** A table in Markdown, a column for each number of users. */
export function tableOf(outcomes: Outcome[]): string {
  const rows: [string, (outcome: Outcome) => string][] = [
    ["messages a second at the peak", ({ messagesPerSecond }) => count(messagesPerSecond)],
    ["stored a day", ({ bytesPerDay }) => size(bytesPerDay)],
    ["PostgreSQL primaries", ({ databases }) => count(databases)],
    ["servers", ({ servers }) => count(servers)],
    ["servers on one PostgreSQL", ({ serversPerDatabase }) => count(serversPerDatabase)],
    ["sockets that a message reaches", ({ fanOut }) => count(fanOut)],
    ["other servers that need a message", ({ otherServers }) => count(otherServers)],
    ["frames a second to the sockets of a server", ({ framesPerServer }) => count(framesPerServer)],
    ["messages a second that a server hears on the bus", ({ heardPerServer }) => count(heardPerServer)],
    ["bytes a second that a server hears on the bus", ({ bytesHeardPerServer }) => size(bytesHeardPerServer)],
  ];
  const head = ["", ...outcomes.map(({ users }) => `${users.toLocaleString("en")} users`)];
  const lines = [head, head.map(() => "---"), ...rows.map(([name, cell]) => [name, ...outcomes.map(cell)])];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The numbers of users in docs/scaling.md. */
export const SCALES = [1e4, 1e6, 1e9];

if (import.meta.main) {
  const names = Object.keys(ASSUMPTIONS) as (keyof Assumptions)[];
  const options = Object.fromEntries([...names, "users"].map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ options });
  const number = (name: string) => {
    const value = Number(values[name]);
    if (!(value >= 0)) throw new Error(`--${name} is no number`);
    return value;
  };
  const given = names.filter((name) => values[name] !== undefined).map((name) => [name, number(name)]);
  const assumed: Assumptions = { ...ASSUMPTIONS, ...Object.fromEntries(given) };
  const scales = values.users === undefined ? SCALES : [number("users")];
  console.log(names.map((name) => `--${name} ${assumed[name]}`).join(" "));
  console.log(`\n${tableOf(scales.map((users) => simulate(users, assumed)))}`);
}
