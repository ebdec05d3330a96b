// Changes of the field's text that the browser's undo takes back like typing.

/** Replaces a range and selects a part of the result, by its distance from the start of the range. */
export function replaceRange(
  field: HTMLTextAreaElement,
  start: number,
  end: number,
  text: string,
  [from, to]: readonly [number, number] = [text.length, text.length],
) {
  field.focus();
  field.setSelectionRange(start, end);
  // Deprecated, yet the only way into the history of undo that all browsers have.
  const isDone = document.execCommand(text === "" ? "delete" : "insertText", false, text);
  if (!isDone) {
    field.setRangeText(text, start, end, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  field.setSelectionRange(start + from, start + to);
}
