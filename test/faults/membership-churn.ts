// Owners who can't leave their groups alone: members are removed and added, muted and unmuted, the group is renamed, while
// everybody talks. Through the same line as the clients, so that it is not always known what became of a call.

import type { Chance } from "../support/random.ts";
import { ask } from "./http.ts";
import type { Room } from "./rooms.ts";
import type { Tally } from "./tally.ts";

// A mute outlives the membership.
type State = "in" | "muted" | "out" | "out and muted";

interface Act {
  method: string;
  path: string;
  body?: unknown;
  becomes: State;
}

const PAUSE_MS = [100, 1_500] as const;
const RETRY_MS = 150;
// `already_member` and `not_found` are what a call gets whose earlier try has worked, though nobody heard of it.
const DONE = new Set([200, 201, 404, 409]);

/** What may be done to a member, by how things stand with them. */
const acts = (targetId: number): Record<State, Act[]> => {
  const one = `/members/${targetId}`;
  const remove = { method: "DELETE", path: one };
  const add = { method: "POST", path: "/members", body: { user_id: targetId } };
  return {
    in: [
      { ...remove, becomes: "out" },
      { method: "PUT", path: `${one}/mute`, becomes: "muted" },
    ],
    muted: [
      { ...remove, becomes: "out and muted" },
      { method: "PUT", path: `${one}/unmute`, becomes: "in" },
    ],
    out: [{ ...add, becomes: "in" }],
    "out and muted": [{ ...add, becomes: "muted" }],
  };
};

export class MembershipChurn {
  private isStopped = false;
  private starts = 0;
  /** By room and target; who is not in it is in the room. */
  private readonly states = new Map<string, State>();
  private running: Promise<unknown> | null = null;

  constructor(
    private readonly url: string,
    private readonly rooms: Room[],
    private readonly chance: Chance,
    private readonly tally: Tally,
  ) {}

  start() {
    this.isStopped = false;
    this.starts++;
    const churning = this.rooms.filter(({ targets }) => targets.length > 0);
    this.running = Promise.all([
      ...churning.flatMap((room) => room.targets.map((target) => this.churn(room, target.id))),
      ...churning.map((room) => this.rename(room)),
    ]);
  }

  /** Until it is started again. Resolves when the last call has its answer. */
  async stop() {
    this.isStopped = true;
    await this.running;
  }

  private async churn(room: Room, targetId: number) {
    const place = `${room.key} ${targetId}`;
    const chance = this.chance.of(`${place} ${this.starts}`);
    let state = this.states.get(place) ?? "in";
    for (;;) {
      await Bun.sleep(chance.between(...PAUSE_MS));
      if (this.isStopped) return;
      const act: Act = chance.pick(acts(targetId)[state]);
      await this.insist(room, act);
      state = act.becomes;
      this.states.set(place, state);
      this.tally.add("memberships changed");
    }
  }

  private async rename(room: Room) {
    const chance = this.chance.of(`name of ${room.key} ${this.starts}`);
    for (let i = 1; ; i++) {
      await Bun.sleep(chance.between(...PAUSE_MS));
      if (this.isStopped) return;
      await this.insist(room, {
        method: "PUT",
        path: "",
        body: { name: `Weekend ${this.starts}.${i}` },
        becomes: "in",
      });
    }
  }

  /** Until it is certain that it has happened. */
  private async insist({ id, owner }: Room, { method, path, body }: Act) {
    for (;;) {
      const answer = await ask(this.url, owner.token, method, `/groups/${id}${path}`, body);
      if (answer && DONE.has(answer.status)) return;
      if (answer && answer.status < 500 && answer.status !== 429) this.tally.surprise(`${method}: ${answer.status}`);
      if (answer?.status === 500) this.tally.surprise(`${answer.body.code} over HTTP`);
      await Bun.sleep(RETRY_MS);
    }
  }
}
