// What is heard: one recording at a time, from one element that outlives the row it was started in, for rows are removed while one
// scrolls. Loaded with the first recording.
import { effect, signal } from "@preact/signals";
import type { Attachment } from "../../../../../sdk/index.ts";
import { scoped } from "../../../state/base.ts";
import { probe } from "../../../state/file-urls.ts";
import { isRecording } from "../../../state/recording.ts";
import { openRoom } from "../../../state/route.ts";
import { chat } from "../../../state/session.ts";
import { storage } from "../../../state/storage.ts";
import { viewer } from "../../../state/viewer.ts";

export interface Playback {
  fileId: number;
  state: "loading" | "playing" | "paused" | "failed" | "gone";
}

/** The recording that was played last; null before the first. */
export const playback = signal<Playback | null>(null);
/** Where it is, in seconds. */
export const position = signal(0);
/** How long it is, in seconds, where its message does not say so. */
export const foundDuration = signal<number | null>(null);

const RATES = [1, 1.5, 2];
const RATE_KEY = scoped("chat playback rate");
const stored = Number(storage.getItem(RATE_KEY));
export const rate = signal(RATES.includes(stored) ? stored : 1);

const audio = new Audio();
audio.preload = "metadata";
let file: Attachment | null = null;
let hasRenewed = false;
/** Where recordings were left, in seconds. */
const positions = new Map<number, number>();

function setState(state: Playback["state"]) {
  if (file) playback.value = { fileId: file.id, state };
}

/** Plays from where it was left; another one that plays is paused. */
export function play(next: Attachment, title: string) {
  if (file?.id !== next.id) {
    leave();
    file = next;
    hasRenewed = false;
    foundDuration.value = null;
    position.value = positions.get(next.id) ?? 0;
  }
  if (audio.getAttribute("src") === null || playback.peek()?.state === "failed") void load();
  setState("loading");
  audio.playbackRate = rate.peek();
  showTitle(title);
  // Rejected when something else was asked for meanwhile, and for what `onError` sees.
  audio.play().catch(() => {});
}

export const pause = () => audio.pause();

/** In seconds; begins nothing. */
export function seek(to: Attachment, seconds: number) {
  positions.set(to.id, seconds);
  if (file?.id !== to.id) return;
  position.value = seconds;
  if (audio.readyState > 0) audio.currentTime = seconds;
}

/** Where a recording is, in seconds. */
export const positionOf = ({ id }: Attachment) =>
  playback.value?.fileId === id ? position.value : (positions.get(id) ?? 0);

/** The next faster one, and after the fastest the usual one. */
export function changeRate() {
  rate.value = RATES[(RATES.indexOf(rate.peek()) + 1) % RATES.length]!;
  audio.playbackRate = rate.peek();
  storage.setItem(RATE_KEY, String(rate.peek()));
}

async function load() {
  const running = chat.peek();
  const wanted = file;
  if (!running || !wanted) return;
  if (running.files.url(wanted) === null) await running.files.renewToken().catch(() => {});
  const url = running.files.url(wanted);
  if (file !== wanted) return;
  if (url === null) return setState("failed");
  audio.src = url;
  audio.play().catch(() => {});
}

/** Ends what is played, and keeps where it was. */
function leave() {
  audio.pause();
  if (file) positions.set(file.id, position.peek());
  file = null;
  audio.removeAttribute("src");
}

audio.addEventListener("loadedmetadata", () => {
  // Browsers don't know of a recording how long it is when it was written as it came.
  if (Number.isFinite(audio.duration)) foundDuration.value = audio.duration;
  audio.playbackRate = rate.peek();
  if (position.peek() > 0) audio.currentTime = position.peek();
});
audio.addEventListener("playing", () => {
  setState("playing");
  requestAnimationFrame(follow);
});
audio.addEventListener("waiting", () => setState("loading"));
audio.addEventListener("pause", () => {
  // It comes later, when another one may play already.
  if (audio.paused && playback.peek()?.state !== "failed") setState("paused");
});
audio.addEventListener("ended", () => {
  position.value = 0;
  if (file) positions.delete(file.id);
  setState("paused");
});
audio.addEventListener("error", () => void onError());

async function onError() {
  const failed = file;
  if (!failed || audio.getAttribute("src") === null) return;
  const url = audio.src;
  if (!hasRenewed) {
    // The token in the address may have ended.
    hasRenewed = true;
    const { files } = chat.peek() ?? {};
    await files?.renewToken().catch(() => {});
    if (file === failed && files?.url(failed) !== url) return load();
  }
  const found = await probe(url);
  if (file === failed) setState(found === "gone" ? "gone" : "failed");
}

function follow() {
  if (audio.paused) return;
  position.value = audio.currentTime;
  requestAnimationFrame(follow);
}

function showTitle(title: string) {
  const { mediaSession } = navigator as Partial<Navigator>;
  if (!mediaSession) return;
  mediaSession.metadata = new MediaMetadata({ title });
  mediaSession.setActionHandler("play", () => void audio.play().catch(() => {}));
  mediaSession.setActionHandler("pause", pause);
}

// It goes with the room that it was started in, and another sound takes its place.
effect(() => {
  openRoom.value;
  leave();
  playback.value = null;
});
effect(() => {
  if (viewer.value || isRecording.value) audio.pause();
});
effect(() => {
  if (chat.value) return;
  leave();
  positions.clear();
  playback.value = null;
});
