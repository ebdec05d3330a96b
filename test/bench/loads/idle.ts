// What an idle socket costs in memory: the growth of the server from some sockets to three times as many, so that what it holds
// anyway does not count. Every user has a phone, a laptop and a tab, and is in twenty rooms.
import type { Bench } from "../bench.ts";
import { ClientProcess } from "../client-process.ts";
import { residentBytes } from "../cpu.ts";
import type { Order, SocketPlan, Told } from "../plan.ts";
import { atMost } from "../report.ts";
import { makePeople, makeRing } from "../seed.ts";
import { Floor, type Server, type Subject } from "../subjects.ts";
import { ROOMS_EACH, socketFor } from "./all-rooms.ts";

const FEW = 5_000;
const MANY = 15_000;
const SOCKETS_EACH = 3;
// Garbage of the handshakes is collected when the process has been idle for a while.
const CALM_MS = 10_000;
const CALM_LIMIT_MS = 60_000;
const LOOK_MS = 500;
// Memory that moves by less than this share while it is watched has settled.
const STILL = 0.005;

export async function idle(bench: Bench) {
  if (residentBytes(process.pid) === null) return console.log("idle sockets: left out, there is no /proc here");
  const server = await bench.newServer("idle");
  const floor = await Floor.start();
  try {
    const people = await makePeople(server, MANY / SOCKETS_EACH);
    const rooms = await makeRing(server, people, ROOMS_EACH);
    // All sockets of a user next to each other: what a user costs is shared among three in the slope too.
    const socketsOn = (subject: Subject) =>
      people.flatMap((person) =>
        Array.from({ length: SOCKETS_EACH }, () => socketFor(subject, person, rooms.get(person)!, false)),
      );
    const ours = await slope(bench, server, socketsOn(server));
    const base = await slope(bench, floor, socketsOn(floor));
    bench.report.add({
      name: `idle /ws socket, ${ROOMS_EACH} rooms`,
      unit: "KiB",
      value: ours / 1024,
      base: base / 1024,
      against: "floor",
      ratio: null,
      bar: atMost(8, 4),
      notes: [],
    });
  } finally {
    await Promise.all([server.end(), floor.end()]);
  }
}

/** Bytes a socket. */
async function slope({ report }: Bench, subject: Server | Floor, sockets: SocketPlan[]): Promise<number> {
  const fleet: ClientProcess<Order, Told>[] = [];
  const open = async (share: SocketPlan[]) => {
    const client = new ClientProcess<Order, Told>("client.ts");
    fleet.push(client);
    const plan = { urls: subject.urls, sockets: share, first: 0, run: 0, inFlight: 0, rate: null, acks: false };
    client.order({ order: "connect", plan });
    return (await client.hear("ready")).seconds;
  };
  try {
    await open(sockets.slice(0, FEW));
    const few = await settledBytes(subject.pid);
    let seconds = 0;
    for (let at = FEW; at < MANY; at += FEW) seconds += await open(sockets.slice(at, at + FEW));
    const many = await settledBytes(subject.pid);
    const bytes = (many - few) / (MANY - FEW);
    const mebibytes = (value: number) => `${Math.round(value / 1024 / 1024)} MiB`;
    report.note(
      `idle sockets, ${subject.name}`,
      `${mebibytes(few)} with ${FEW}, ${mebibytes(many)} with ${MANY}: ${(bytes / 1024).toFixed(1)} KiB each; ${MANY - FEW} connected in ${seconds.toFixed(1)} s`,
      { few, many, bytes, seconds },
    );
    return bytes;
  } finally {
    await Promise.all(fleet.map((client) => client.end()));
  }
}

/** Bytes that the process holds once they have stopped changing. */
async function settledBytes(pid: number): Promise<number> {
  const deadline = Date.now() + CALM_LIMIT_MS;
  let seen: number[] = [];
  for (;;) {
    await Bun.sleep(LOOK_MS);
    const now = residentBytes(pid)!;
    seen = [...seen, now].slice(-CALM_MS / LOOK_MS);
    const still = Math.max(...seen) - Math.min(...seen) < STILL * now;
    if ((seen.length === CALM_MS / LOOK_MS && still) || Date.now() > deadline) return now;
  }
}
