import { toast, withErrorToast } from "../state/toasts.ts";

/** Copies a text and says so. Returns whether that succeeded. */
export async function copyText(text: string, done = "Copied to clipboard."): Promise<boolean> {
  // Missing unless the page was loaded over HTTPS or from localhost.
  const { clipboard } = navigator as Partial<Navigator>;
  if (clipboard) return withErrorToast(() => clipboard.writeText(text), done);
  toast("Copying needs a secure (HTTPS) connection.", true);
  return false;
}
