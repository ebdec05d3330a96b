// One file to load: see load-rich.ts.
export { parseMarkdown, toMarkdown } from "../../../../../../markdown/index.ts";
export { Completions } from "./completions.tsx";
export { closeFence, isInFence } from "./fences.ts";
export { FormatBar } from "./format-bar.tsx";
export { onShortcut } from "./formatting.ts";
export { paint } from "./mirror.ts";
