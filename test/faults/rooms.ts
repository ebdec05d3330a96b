// The people and rooms of a campaign: who talks where, and who is removed and added.
import pLimit from "p-limit";
import { arrange, newUser, type User } from "../support/client.ts";

export interface Room {
  /** As `resume` names it: `conversation:1`, `group:7`. */
  key: string;
  kind: "conversation" | "group";
  id: number;
  /** Everybody who is in it at some time. */
  people: User[];
  /** Made the group and stays in it. */
  owner: User;
  /** Those whom the owner removes, adds, mutes and unmutes. */
  targets: User[];
  /** How often it is written in, compared with the others. */
  weight: number;
}

// Enough for a group in which some are removed and added while others watch; each costs two password hashes at the start.
const PEOPLE = 8;

/** Three conversations; a busy group that nobody leaves; two groups whose members come and go. */
export async function makeRooms(url: string): Promise<{ people: User[]; rooms: Room[] }> {
  // Two at a time: on a busy machine the server refuses more password hashes than it can make.
  const people = await pLimit(2).map(Array.from({ length: PEOPLE }), () => newUser(url));
  const rooms = await Promise.all([
    ...[0, 2, 4].map((i) => makeConversation(people.slice(i, i + 2))),
    // Busy, so that who sleeps for some seconds has missed more than is replayed.
    makeGroup(people, 0, 8),
    makeGroup(people, 3, 3),
    makeGroup(people.toReversed().slice(0, 5), 2, 2),
  ]);
  return { people, rooms };
}

async function makeConversation(people: User[]): Promise<Room> {
  const [owner, peer] = people as [User, User];
  const { body } = await arrange(() => owner.post(`/conversations/${peer.id}`));
  const id: number = body.conversation_id;
  // Who asks somebody that has asked already is their friend at once.
  await arrange(() => owner.post(`/friends/requests/${peer.id}`));
  await arrange(() => peer.post(`/friends/requests/${owner.id}`));
  return { key: `conversation:${id}`, kind: "conversation", id, people, owner, targets: [], weight: 1 };
}

async function makeGroup(people: User[], targets: number, weight: number): Promise<Room> {
  const [owner, ...others] = people as [User, ...User[]];
  const { body } = await arrange(() => owner.post("/groups", { name: "Weekend" }));
  const id: number = body.group_id;
  for (const other of others) await arrange(() => owner.post(`/groups/${id}/members`, { user_id: other.id }));
  const last = targets > 0 ? others.slice(-targets) : [];
  return { key: `group:${id}`, kind: "group", id, people, owner, targets: last, weight };
}

/** Where messages of the room are, over HTTP. */
export const messagesPath = ({ kind, id }: Room) => (kind === "group" ? `/groups/${id}/messages` : `/messages/${id}`);
