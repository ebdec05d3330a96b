// Messages as the timeline hands them to the append statement.
import { appendMessages, type NewMessage } from "../../src/timeline/append.ts";
import type { TestServer, User } from "./harness.ts";

type Room = Pick<NewMessage, "roomId" | "kind">;

export const direct = (roomId: number): Room => ({ roomId, kind: "direct" });
export const group = (roomId: number): Room => ({ roomId, kind: "group" });

export const draft = (sender: User, room: Room, more: Partial<NewMessage> = {}): NewMessage => ({
  ...room,
  senderId: sender.id,
  senderName: sender.username,
  body: "hello",
  clientId: crypto.randomUUID(),
  ...more,
});

/** Appends a batch; `reached` are those with a socket open. Throws when the batch was refused as a whole. */
export async function append(
  { core }: TestServer,
  batch: NewMessage[],
  { reached = [], sql = core.sql }: { reached?: User[]; sql?: TestServer["core"]["sql"] } = {},
) {
  const { peerCache } = core;
  await peerCache.load(batch.map(({ roomId }) => roomId));
  const verdicts = await appendMessages(sql, batch, ({ kind, roomId, senderId }) => {
    const id = kind === "direct" ? peerCache.get(roomId, senderId) : null;
    return id === null ? null : { id, isReached: reached.some((user) => user.id === id) };
  });
  return verdicts!;
}
