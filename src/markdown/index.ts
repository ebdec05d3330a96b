// Markdown for clients of the SDK. It is a module of its own because many have no need for it.
export { type MarkdownOptions, type MentionOf, parseMarkdown, scanMarkdown } from "../protocol/markdown.ts";
export { toMarkdown } from "./to-markdown.ts";
