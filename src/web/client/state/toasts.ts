// Short messages about what was done or has failed, which disappear by themselves.
import { signal } from "@preact/signals";
import { ChatError, type ChatErrorCode } from "../../../sdk/index.ts";

// Long enough to read it twice.
const DURATION_MS = 6_000;

export interface Toast {
  id: number;
  text: string;
  isError: boolean;
}

export const toasts = signal<readonly Toast[]>([]);
let count = 0;

export function toast(text: string, isError = false) {
  const id = ++count;
  toasts.value = [...toasts.value.slice(-2), { id, text, isError }];
  setTimeout(() => dismiss(id), DURATION_MS);
}

export function dismiss(id: number) {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** The errors whose own sentence speaks to developers or operators. */
const TEXT_BY_CODE: Partial<Record<ChatErrorCode, string>> = {
  network: "Can’t reach the server. Check your connection and try again.",
  unavailable: "The server is temporarily unavailable. Try again in a moment.",
  internal: "Something went wrong on the server. Try again in a moment.",
};

/** A sentence for the user about anything that was thrown. */
export const errorText = (error: unknown) =>
  error instanceof ChatError
    ? (TEXT_BY_CODE[error.code] ?? error.detail)
    : "Something went wrong. Reload the page and try again.";

/** Runs an operation and shows a toast if it fails, or `successText` if it succeeds. Returns whether it succeeded. */
export async function withErrorToast(operation: () => Promise<unknown>, successText?: string): Promise<boolean> {
  try {
    await operation();
    if (successText) toast(successText);
    return true;
  } catch (error) {
    if (!(error instanceof ChatError)) console.error(error);
    toast(errorText(error), true);
    return false;
  }
}
