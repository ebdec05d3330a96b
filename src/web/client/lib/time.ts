// Dates and times in words, in the page's language and the reader's time zone. Components that show them re-render as they change.
import { minute, startOfDay, today } from "../state/clock.ts";

/** The page is in English; this is the reader's preferred variety. */
const LOCALE = navigator.languages.find((language) => language.startsWith("en")) ?? "en";

const TIME = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const WEEKDAY = new Intl.DateTimeFormat(LOCALE, { weekday: "long" });
const DAY = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "long" });
const DATE = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "long", year: "numeric" });
const SHORT = new Intl.DateTimeFormat(LOCALE, { day: "2-digit", month: "2-digit", year: "2-digit" });
const FULL = new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "medium" });
const DATE_TIME = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });
const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });

/** Calendar days between a date and today, 0 for the future; rounded, because daylight saving time makes some days shorter. */
const daysAgo = (date: Date) => Math.max(0, Math.round((today.value - startOfDay(date)) / 86_400_000));

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export const timeOf = (moment: string) => TIME.format(new Date(moment));
export const fullTimeOf = (moment: string) => FULL.format(new Date(moment));
/** Short, and complete wherever it is read: "26 Nov 2026, 14:30". */
export const dateTimeOf = (moment: string) => DATE_TIME.format(new Date(moment));

/** Identifies a calendar day. */
export const dayOf = (moment: string) => startOfDay(new Date(moment));

/** Above the first message of a day: "Today", "Monday", "3 May", "3 May 2025". */
export function dayTitle(moment: string): string {
  const date = new Date(moment);
  const days = daysAgo(date);
  if (days < 2) return capitalized(RELATIVE.format(-days, "day"));
  if (days < 7) return WEEKDAY.format(date);
  return date.getFullYear() === new Date().getFullYear() ? DAY.format(date) : DATE.format(date);
}

/** In a list: the time today, then the day, then the date. */
export function shortMoment(moment: string): string {
  const date = new Date(moment);
  const days = daysAgo(date);
  if (days <= 0) return TIME.format(date);
  if (days === 1) return capitalized(RELATIVE.format(-1, "day"));
  return days < 7 ? WEEKDAY.format(date) : SHORT.format(date);
}

/** As part of a sentence: "at 14:30", "yesterday at 14:30", "on 3 May". */
export function whenOf(moment: string): string {
  const date = new Date(moment);
  const days = daysAgo(date);
  if (days === 0) return `at ${TIME.format(date)}`;
  if (days === 1) return `yesterday at ${TIME.format(date)}`;
  return `on ${date.getFullYear() === new Date().getFullYear() ? DAY.format(date) : DATE.format(date)}`;
}

/** After "last seen": "5 minutes ago", "yesterday at 14:30". */
export function lastSeen(moment: string): string {
  const minutes = Math.floor((minute.value - Date.parse(moment)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return RELATIVE.format(-minutes, "minute");
  return whenOf(moment);
}

/** After "until": "14:30", "tomorrow at 14:30", "3 May at 14:30". */
export function untilOf(moment: string): string {
  const date = new Date(moment);
  const days = Math.round((startOfDay(date) - today.value) / 86_400_000);
  const time = TIME.format(date);
  if (days === 0) return time;
  if (days === 1) return `tomorrow at ${time}`;
  return `${date.getFullYear() === new Date().getFullYear() ? DAY.format(date) : DATE.format(date)} at ${time}`;
}
