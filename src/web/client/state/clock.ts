// The current minute and day as signals, so that "Today" and "5 minutes ago" stay true on a page that stays open.
import { computed, signal } from "@preact/signals";

const MINUTE_MS = 60_000;
// Timers of a hidden page are throttled, which does no harm.
const POLL_MS = 5_000;

const read = () => Math.floor(Date.now() / MINUTE_MS);
const minutes = signal(read());
setInterval(() => {
  minutes.value = read();
}, POLL_MS);

/** Local midnight of a date's day, in milliseconds. */
export const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** The start of the current minute in milliseconds. */
export const minute = computed(() => minutes.value * MINUTE_MS);
/** The start of the current day in milliseconds. */
export const today = computed(() => startOfDay(new Date(minute.value)));
