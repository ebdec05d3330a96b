// Links in text from other people, which is split into pieces that are safe to show: it never becomes markup. A chunk of its own: the
// library knows what is a domain.
import { LinkifyIt } from "linkify-it";

export type Piece = string | { href: string; text: string };

const links = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true }).add("ftp:", null).add("//", null);

/** Punctuation that belongs to the sentence when it ends a link. */
const MARKS = /[!'*_~…]+$/u;

/** Splits text into plain pieces, web links and e-mail addresses. A bare domain is a link if its top-level domain is well known. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { schema, index, text: found, url } of links.match(text) ?? []) {
    const link = found.replace(MARKS, "");
    const address = url.replace(MARKS, "");
    // A domain without a scheme: nearly every server supports HTTPS.
    const href = toHref(schema === "" ? address.replace("http:", "https:") : address);
    if (!href) continue;
    if (index > end) pieces.push(text.slice(end, index));
    pieces.push({ href, text: link });
    end = index + link.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

function toHref(url: string): string | null {
  try {
    const { protocol, href } = new URL(url);
    return ["https:", "http:", "mailto:"].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}
