// Where each room stands: what a `resume` says, and what `resumed` says in reply.
import { RESUME_ROOMS } from "../../protocol/limits.ts";
import { isRoomKey } from "../../protocol/rooms.ts";
import type { ResumedFrame, RoomKey } from "../wire.ts";
import type { Room } from "./room.ts";

export interface ResumePosition {
  /** The last change of each room that was applied. */
  rooms: Record<RoomKey, number>;
  /** The history that they belong to, as the server named it. */
  epoch?: string;
}

export interface ResumeParts {
  rooms(): Room[];
  get(key: RoomKey): Room;
  /** The history is another one than before, and all rooms have been reset. */
  onEpochChange(): void;
}

export class Resume {
  readonly #parts: ResumeParts;
  /** Whether the server has named all rooms of the user. */
  isComplete = false;
  #epoch: string | null = null;
  /** The rooms that were known when the resume was sent, and not named in reply yet. */
  #unconfirmed = new Set<RoomKey>();

  constructor(parts: ResumeParts) {
    this.#parts = parts;
  }

  position(): ResumePosition {
    const known = this.#parts.rooms().filter(({ state }) => !state.isGone && state.resumePosition() !== null);
    this.#unconfirmed = new Set(known.map(({ key }) => key));
    const activityOf = ({ state }: Room) => state.info?.last_activity_at ?? "";
    // Those left out are in `resumed` all the same, and read again if they have changed.
    const named =
      known.length > RESUME_ROOMS
        ? known.sort((a, b) => (activityOf(a) < activityOf(b) ? 1 : -1)).slice(0, RESUME_ROOMS)
        : known;
    const rooms = Object.fromEntries(named.map(({ key, state }) => [key, state.seq!]));
    return { rooms, ...(this.#epoch === null ? {} : { epoch: this.#epoch }) };
  }

  /** One `resumed`; the last of them says that there are no more. */
  apply({ data }: ResumedFrame) {
    // Servers of earlier versions name no epoch.
    const isAnother = data.epoch !== undefined && this.#epoch !== null && data.epoch !== this.#epoch;
    for (const [name, resumed] of Object.entries(data.rooms ?? {})) {
      if (!isRoomKey(name)) continue;
      this.#unconfirmed.delete(name);
      const { state } = this.#parts.get(name);
      if (isAnother) state.reset(resumed.seq);
      state.applyResumed(resumed);
    }
    if (data.more) return;
    if (isAnother) this.#parts.onEpochChange();
    this.#epoch = data.epoch ?? this.#epoch;
    // The user left these, or lost them, while there was no connection.
    for (const key of this.#unconfirmed) this.#parts.get(key).state.leave();
    this.#unconfirmed.clear();
    this.isComplete = true;
  }
}
