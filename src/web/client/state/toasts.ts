// Short words about what has just been done, or has failed. Each goes by itself.
import { signal } from "@preact/signals";
import { ChatError } from "../../../sdk/index.ts";

// Long enough to be read twice.
const DURATION_MS = 6_000;

export interface Toast {
  id: number;
  text: string;
  isError: boolean;
}

export const toasts = signal<readonly Toast[]>([]);
let count = 0;

export function toast(text: string, isError = false) {
  const toast = { id: ++count, text, isError };
  toasts.value = [...toasts.value.slice(-2), toast];
  setTimeout(() => dismiss(toast.id), DURATION_MS);
}

export function dismiss(id: number) {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export const errorText = (error: unknown) =>
  error instanceof ChatError ? error.detail : "Something went wrong here. Reload the page and try again.";

/** Does something on the server; a refusal is told. Answers whether it was done. */
export async function withErrorToast(work: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await work();
    if (done) toast(done);
    return true;
  } catch (error) {
    if (!(error instanceof ChatError)) console.error(error);
    toast(errorText(error), true);
    return false;
  }
}
