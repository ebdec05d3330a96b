// A file that is dropped beside its place would be opened in place of the page, with all that was begun in it.

export const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

export function guardDrops() {
  const refuse = (event: DragEvent) => {
    if (event.defaultPrevented || !hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = "none";
  };
  for (const type of ["dragover", "drop"] as const) addEventListener(type, refuse);
}
