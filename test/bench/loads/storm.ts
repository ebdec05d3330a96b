// A reconnect storm: everybody is cut off, misses messages, and comes back at the same moment. Once with the server still there,
// and once with a server that was killed and has only just started.
import type { Bench } from "../bench.ts";
import { ClientProcess } from "../client-process.ts";
import type { ResumerOrder, ResumerPlan, ResumerTold } from "../plan.ts";
import { atMost } from "../report.ts";
import { median, percentile } from "../round.ts";
import { makeConversations, makeGroups, makePeople } from "../seed.ts";
import type { Person, Store } from "../subjects.ts";

export const CLIENTS = 5_000;
const GROUP_SIZE = 50;
// Twenty in all for everybody.
const MISSED = { group: 12, conversation: 8 };
export const MISSED_EACH = MISSED.group + MISSED.conversation;
// One process would be busy longer with its own connections than the server with all of them.
const PROCESSES = 2;
// Messages that are stored at once while everybody is away.
const SENDING = 100;

export type Fleet = ClientProcess<ResumerOrder, ResumerTold>[];
export interface StormRoom {
  path: string;
  writer: Person;
  messages: number;
}

export async function storm(bench: Bench) {
  const server = await bench.newServer("storm");
  const { clients, rooms } = await prepareStorm(server);
  const fleet = newFleet();
  try {
    await connect(fleet, server.url, clients);
    const name = `${CLIENTS} clients resume, ${MISSED_EACH} missed each`;
    const seconds: number[] = [];
    for (let round = 0; round < (bench.quick ? 1 : 3); round++) {
      await cutOff(fleet);
      await write(server.url, rooms);
      seconds.push(await comeBack(bench, name, fleet));
    }
    addSeconds(bench, name, median(seconds));
    await cutOff(fleet);
    await write(server.url, rooms);
    await server.restart();
    addSeconds(bench, `${name}, server just started`, await comeBack(bench, `${name}, restarted`, fleet));
  } finally {
    await Promise.all(fleet.map((process) => process.end()));
    await server.end();
  }
}

export const newFleet = (): Fleet => Array.from({ length: PROCESSES }, () => new ClientProcess("resumer.ts"));

export async function connect(fleet: Fleet, url: string, clients: ResumerPlan["clients"]) {
  for (const [index, process] of fleet.entries()) {
    const own = clients.filter((_, client) => client % PROCESSES === index);
    process.order({ order: "connect", plan: { url, clients: own } });
  }
  await Promise.all(fleet.map((process) => process.hear("ready")));
}

/** Everybody in a group and a conversation. */
export async function prepareStorm(server: Store): Promise<{ clients: ResumerPlan["clients"]; rooms: StormRoom[] }> {
  const people = await makePeople(server, CLIENTS);
  const crowds = Array.from({ length: CLIENTS / GROUP_SIZE }, (_, i) =>
    people.slice(i * GROUP_SIZE, (i + 1) * GROUP_SIZE),
  );
  const pairs = Array.from({ length: CLIENTS / 2 }, (_, i): [Person, Person] => [people[2 * i]!, people[2 * i + 1]!]);
  const groupIds = await makeGroups(server, crowds);
  const conversationIds = await makeConversations(server, pairs);
  return {
    clients: people.map(({ token }, index) => ({
      token,
      rooms: [
        `group:${groupIds[Math.floor(index / GROUP_SIZE)]}`,
        `conversation:${conversationIds[Math.floor(index / 2)]}`,
      ],
    })),
    rooms: [
      ...groupIds.map((id, index) => ({
        path: `/groups/${id}/messages`,
        writer: crowds[index]![0]!,
        messages: MISSED.group,
      })),
      ...conversationIds.map((id, index) => ({
        path: `/messages/${id}`,
        writer: pairs[index]![0],
        messages: MISSED.conversation,
      })),
    ],
  };
}

export async function cutOff(fleet: Fleet) {
  for (const process of fleet) process.order({ order: "cut" });
  await Promise.all(fleet.map((process) => process.hear("cut")));
}

/** Writes what everybody misses, in every room. */
export async function write(url: string, rooms: StormRoom[]) {
  const due = rooms.flatMap((room) => Array<StormRoom>(room.messages).fill(room));
  const writeNext = async () => {
    for (let room = due.pop(); room; room = due.pop()) {
      const response = await fetch(url + room.path, {
        method: "POST",
        headers: { authorization: `Bearer ${room.writer.token}`, "content-type": "application/json" },
        body: JSON.stringify({ body: "Are you there?" }),
      });
      if (response.status !== 201) throw new Error(`${room.path}: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: SENDING }, writeNext));
}

/** Answers the seconds until everybody had everything; `url` is of the server that they come back to, where it is another one. */
export async function comeBack({ report }: Bench, name: string, fleet: Fleet, url?: string): Promise<number> {
  for (const process of fleet) process.order({ order: "resume", missed: MISSED_EACH, url });
  const told = await Promise.all(fleet.map((process) => process.hear("resumed")));
  const seconds = told.flatMap((result) => result.seconds).sort((a, b) => a - b);
  const retries = told.reduce((sum, result) => sum + result.retries, 0);
  report.note(
    name,
    `the last after ${seconds.at(-1)!.toFixed(2)} s, half after ${percentile(seconds, 0.5).toFixed(2)} s; ${retries} connections tried again`,
    { seconds: seconds.at(-1)!, half: percentile(seconds, 0.5), retries },
  );
  for (const fault of told.flatMap((result) => result.faults).slice(0, 5)) report.fault(`${name}: ${fault}`);
  return seconds.at(-1)!;
}

export function addSeconds({ report }: Bench, name: string, value: number) {
  report.add({ name, unit: "s", value, base: null, against: "", ratio: null, bar: atMost(10, 3), notes: [] });
}
