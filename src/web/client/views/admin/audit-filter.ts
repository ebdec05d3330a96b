// What the audit log is narrowed to; kept while another part is open.
import { signal } from "@preact/signals";
import type { Person } from "../../../../sdk/index.ts";

export const event = signal("");
/** Whom something was done to. */
export const person = signal<Person | null>(null);
/** Days, as a date field has them; empty for no bound. */
export const from = signal("");
export const to = signal("");

/** Everything about somebody. */
export function filterAuditBy(somebody: Person) {
  clearFilter();
  const { id, username, display_name } = somebody;
  person.value = { id, username, ...(display_name !== undefined && { display_name }) };
}

export function clearFilter() {
  event.value = from.value = to.value = "";
  person.value = null;
}
