// A count on a tab, a row or a button.
import { UNREAD_LIMIT } from "../../../sdk/index.ts";

/** The number as it is shown: unread messages are counted only up to a limit. */
export const countText = (count: number) => (count >= UNREAD_LIMIT ? `${UNREAD_LIMIT - 1}+` : String(count));

/** Renders nothing for 0. `label` names what is counted to screen readers. */
export const Badge = ({ count, label }: { count: number; label: string }) =>
  count > 0 && (
    <span class="badge">
      {countText(count)}
      <span class="visually-hidden"> {label}</span>
    </span>
  );
