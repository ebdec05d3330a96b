import { dismiss, toasts } from "../state/toasts.ts";
import { Icon } from "./icons.tsx";

export const Toasts = () => (
  <div class="toasts" role="status">
    {toasts.value.map(({ id, text, isError }) => (
      <div key={id} class={isError ? "toast error" : "toast"}>
        <span>{text}</span>
        <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => dismiss(id)}>
          <Icon name="close" size={16} />
        </button>
      </div>
    ))}
  </div>
);
