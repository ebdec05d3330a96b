// Blocks of code that are being written.
const FENCE = /^(`{3,})[\w+#.-]{0,32}[ \t]*$/;

/** The backticks of the block that is still open at the end of the text; empty where none is. */
function openFence(text: string): string {
  let open = "";
  for (const line of text.split("\n")) {
    const [, fence] = line.startsWith("```") ? (FENCE.exec(line) ?? []) : [];
    if (!fence) continue;
    if (open === "") open = fence;
    else if (line.trimEnd() === fence && fence.length >= open.length) open = "";
  }
  return open;
}

/** Whether this position is within code, or at the end of the line that opens it. */
export const isInFence = (text: string, at: number) => text.includes("```") && openFence(text.slice(0, at)) !== "";

/** The text with its last block of code closed, if there is anything in it. */
export function closeFence(text: string): string {
  if (!text.includes("```")) return text;
  const open = openFence(text);
  return open === "" || FENCE.test(text.slice(text.lastIndexOf("\n") + 1)) ? text : `${text}\n${open}`;
}
