// The time as what is drawn from it: "Today" and "5 minutes ago" are not so for ever on a page that stays open.
import { computed, signal } from "@preact/signals";

const MINUTE_MS = 60_000;
// A hidden page's timers come late; nobody looks at it then.
const LOOK_MS = 5_000;

const read = () => Math.floor(Date.now() / MINUTE_MS);
const minutes = signal(read());
setInterval(() => {
  minutes.value = read();
}, LOOK_MS);

/** The local midnight before a moment; in milliseconds, like all here. */
export const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** The minute that it is: a component that reads it is drawn again when it is over. */
export const minute = computed(() => minutes.value * MINUTE_MS);
/** The day that it is, likewise. */
export const today = computed(() => startOfDay(new Date(minute.value)));
