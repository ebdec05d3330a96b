// What the tabs of one browser ask each other: whether somebody is reading a room in one of them.
import type { RoomKey } from "../../../sdk/index.ts";
import { attended } from "./attention.ts";
import { scoped } from "./base.ts";
import { openRoom } from "./route.ts";

// Another tab answers within a few milliseconds, unless it is busy drawing; a notification may come so late. A guess.
const ANSWER_MS = 300;

type Word = { asked: RoomKey } | { seen: RoomKey };

const channel = new BroadcastChannel(scoped("chat"));
channel.addEventListener("message", ({ data }: MessageEvent<Word>) => {
  if ("asked" in data && isSeenHere(data.asked)) channel.postMessage({ seen: data.asked } satisfies Word);
});

const isSeenHere = (room: RoomKey) => attended.peek() && openRoom.peek() === room;

/** Whether somebody has the room before them, in this tab or another. */
export function isSeen(room: RoomKey): Promise<boolean> {
  if (isSeenHere(room)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (isSeen: boolean) => {
      channel.removeEventListener("message", onMessage);
      clearTimeout(timer);
      resolve(isSeen);
    };
    const onMessage = ({ data }: MessageEvent<Word>) => {
      if ("seen" in data && data.seen === room) end(true);
    };
    const timer = setTimeout(() => end(false), ANSWER_MS);
    channel.addEventListener("message", onMessage);
    channel.postMessage({ asked: room } satisfies Word);
  });
}
