// A chat of the SDK among the simulated clients, which reads every room of a user and reacts: what it shows at once, and what it shows in
// the end, is what the server has.
import { isDeepStrictEqual } from "node:util";
import { type Chat, createChat, type RoomKey, type RoomMessage, type RoomStore } from "../../../src/sdk/index.ts";
import type { User } from "../../support/client.ts";
import type { Chance } from "../../support/random.ts";
import type { Room } from "../rooms.ts";
import type { Tally } from "../tally.ts";
import type { FreshPage } from "./checker.ts";
import type { RichRecords } from "./records.ts";

const PAUSE_MS = [100, 600] as const;
// Nobody else puts it: the user's other clients would change what this one has put.
const EMOJI = "🧩";
const RECENT = 5;
const SETTLE_LIMIT_MS = 15_000;
const TICK_MS = 100;
/** Of those at the end of a page. */
const COMPARED = 50;

const isMine = (message: RoomMessage | undefined) =>
  message?.reactions?.some(({ emoji, mine }) => emoji === EMOJI && mine) === true;

export class SdkClient {
  private readonly chat: Chat;
  private readonly stores: RoomStore[];
  private running: Promise<void> | null = null;
  private isStopped = false;

  constructor(
    readonly user: User,
    url: string,
    rooms: Room[],
    private readonly chance: Chance,
    private readonly tally: Tally,
    private readonly records: RichRecords,
  ) {
    this.chat = createChat({ url, token: user.token, backoff: { baseMs: 50, capMs: 500 } });
    this.stores = rooms.map(({ key }) => this.chat.room(key as RoomKey));
    for (const store of this.stores) store.subscribe(() => {});
  }

  start() {
    this.isStopped = false;
    this.running = this.run();
  }

  async stop() {
    this.isStopped = true;
    await this.running;
  }

  /** What it shows otherwise than the page that its user has just read, in words; once it has had the time to catch up. */
  async differencesFrom(key: string, page: FreshPage): Promise<string[]> {
    const store = this.stores.find((one) => one.key === key)!;
    const expected = new Map(page.messages.slice(-COMPARED).map((message) => [message.id, shownOf(message)]));
    const differences = () => {
      const held = new Map(store.getSnapshot().messages.map((message) => [message.id, message]));
      return [...expected].flatMap(([id, wanted]) => {
        const message = held.get(id);
        const shown = message && shownOf(message);
        return isDeepStrictEqual(shown, wanted)
          ? []
          : [`the SDK shows ${JSON.stringify(shown)} instead of ${JSON.stringify(wanted)} in ${key}`];
      });
    };
    const deadline = Date.now() + SETTLE_LIMIT_MS;
    while (differences().length > 0 && Date.now() < deadline) await Bun.sleep(TICK_MS);
    return differences();
  }

  close() {
    this.chat.close();
  }

  private async run() {
    while (!this.isStopped) {
      await Bun.sleep(this.chance.between(...PAUSE_MS));
      const store = this.chance.pick(this.stores);
      const message = this.chance.pick(store.getSnapshot().messages.slice(-RECENT));
      if (!message?.id || message.deleted_at) continue;
      const isOn = !isMine(message);
      const reacted = store.react(message.id, EMOJI, isOn);
      const now = store.getSnapshot().messages.find(({ id }) => id === message.id);
      // Shown at once, whatever comes of it.
      if (now && !now.deleted_at && isMine(now) !== isOn)
        this.records.flaws.wrongReactions.push(`the SDK does not show a reaction to ${message.id} at once`);
      await reacted.then(
        () => this.tally.add("reactions by the SDK"),
        () => this.tally.add("reactions by the SDK refused"),
      );
    }
  }
}

/** What a page and the SDK have alike. */
function shownOf({ id, body, reactions = [], reply_to }: FreshPage["messages"][number] | RoomMessage) {
  const all = reactions.map(({ emoji, count, user_ids, mine }) => [emoji, count, user_ids, mine === true] as const);
  return { id, body, reactions: all.toSorted(([a], [b]) => (a < b ? -1 : 1)), quote: reply_to?.body };
}
