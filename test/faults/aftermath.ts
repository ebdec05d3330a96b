// After faults, when nobody writes any more: whether every server knows who is online, and whether a message is marked delivered
// exactly when its recipient has a socket open, on whichever server.
import { PATIENCE_MS } from "../support/patience.ts";
import { textOf } from "./entries.ts";
import { ask } from "./http.ts";
import type { Room } from "./rooms.ts";
import type { SimulatedClient } from "./simulated-client.ts";

// Once something has stayed wrong, what else does is looked at shortly.
const SHORT_MS = 2_000;
const TICK_MS = 100;

export interface Aftermath {
  wrongPresence: number;
  wrongDeliveries: number;
  examples: string[];
}

/** `urls`: of every server. The clients are all awake, and are again afterwards. */
export async function observeAftermath(
  urls: string[],
  rooms: Room[],
  clients: SimulatedClient[],
  patienceMs: number,
): Promise<Aftermath> {
  const found: Aftermath = { wrongPresence: 0, wrongDeliveries: 0, examples: [] };
  const limitMs = () => (found.wrongPresence + found.wrongDeliveries > 0 ? SHORT_MS : patienceMs);
  const pairs = rooms.filter(({ kind }) => kind === "conversation");
  await Promise.all(
    pairs.map(async (room) => {
      const [watcher, friend] = room.people as [Room["owner"], Room["owner"]];
      const sockets = clients.filter(({ user }) => user === friend);
      const watching = clients.filter(({ user, presence }) => user === watcher && presence !== null);
      for (const isOnline of [true, false, true]) {
        for (const socket of sockets) {
          if (isOnline) socket.wake();
          else socket.sleep();
        }
        const wrong = await settles(limitMs(), async () => {
          const read = await Promise.all(urls.map((url) => onlineOf(url, watcher.token, friend.id)));
          const told = watching.map(({ presence }) => presence!.get(friend.id) ?? isOnline);
          return [...read, ...told].filter((answer) => answer !== isOnline).length;
        });
        found.wrongPresence += wrong;
        if (wrong > 0) found.examples.push(`wrongPresence ${wrong} ${JSON.stringify({ id: friend.id, isOnline })}`);
        for (const url of urls) {
          const path = `/messages/${room.id}`;
          const id = await send(url, watcher.token, path);
          const isDelivered = async () => {
            const page = await ask(url, watcher.token, "GET", path);
            const message = page?.body.data?.find((one: { id: number }) => one.id === id);
            return message?.delivered_at != null;
          };
          const wrong = await settles(isOnline ? limitMs() : 0, async () =>
            (await isDelivered()) === isOnline ? 0 : 1,
          );
          found.wrongDeliveries += wrong;
          if (wrong > 0) found.examples.push(`wrongDeliveries ${JSON.stringify({ url, id, isOnline })}`);
        }
      }
    }),
  );
  return found;
}

/** The id of a message that is stored for certain; one of which nobody knows that is another message. */
async function send(url: string, token: string, path: string): Promise<number> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await Bun.sleep(TICK_MS)) {
    const sent = await ask(url, token, "POST", path, { body: textOf(crypto.randomUUID(), "after all that") });
    if (sent?.status === 201) return sent.body.data.id;
    if (Date.now() > deadline) throw new Error(`no message can be sent in quiet: ${JSON.stringify(sent)}`);
  }
}

/** Asks until nothing is wrong; answers how much still is when the time is over. */
async function settles(limitMs: number, wrongNow: () => Promise<number>): Promise<number> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const wrong = await wrongNow();
    if (wrong === 0 || Date.now() >= deadline) return wrong;
    await Bun.sleep(TICK_MS);
  }
}

/** Whether the server says that the friend is online; null when it does not say. */
async function onlineOf(url: string, token: string, friendId: number): Promise<boolean | null> {
  const answer = await ask(url, token, "GET", "/friends");
  return answer?.body.data?.find(({ id }: { id: number }) => id === friendId)?.online ?? null;
}
