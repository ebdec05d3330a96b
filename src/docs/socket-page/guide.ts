// The prose of the page /docs/socket: docs/protocol.md, rendered. What is said there of frames and rules is said nowhere else.
import { programFile } from "../../lib/program.ts";
import { Html } from "./html.ts";

export const GUIDE_PATH = programFile("docs/protocol.md");

/** A heading of the guide with what stands below it. */
export interface Chapter {
  id: string;
  title: string;
  body: Html;
}

const HEADING = /^##+ (.+)$/m;

const slug = (title: string) =>
  title
    .toLowerCase()
    .replaceAll(/[^\w ]/g, "")
    .trim()
    .replaceAll(" ", "-");

/** The chapters of the guide's text, in order, without what comes before the first. */
export function readGuide(markdown: string): Chapter[] {
  const [, ...parts] = markdown.split(new RegExp(HEADING, "gm"));
  const chapters: Chapter[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const title = parts[i]!.replaceAll("`", "");
    chapters.push({ id: `guide.${slug(title)}`, title, body: render(parts[i + 1]!) });
  }
  return chapters;
}

/** Tables that become lists on a phone, and examples that can be scrolled with the keyboard. */
function render(markdown: string): Html {
  // (Comments mark what is generated.)
  const text = Bun.markdown.html(markdown.replaceAll(/^<!--.*-->$/gm, ""), { noHtmlBlocks: true, noHtmlSpans: true });
  return new Html(
    text
      .replaceAll("<table>", '<table class="plain stacked">')
      .replaceAll("<th>", '<th scope="col">')
      .replaceAll(/<tr><td>(.*?)<\/td>/g, '<tr><th scope="row">$1</th>')
      .replaceAll(/<pre><code[^>]*>/g, '<pre tabindex="0" role="region" aria-label="Example"><code>'),
  );
}
