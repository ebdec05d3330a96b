/** A web origin as URL, or null for anything else: another scheme, a path, a user, `null`. */
export function parseOrigin(text: string): URL | null {
  if (!URL.canParse(text) || /[?#@\\]/.test(text)) return null;
  const url = new URL(text);
  const isPlain = url.pathname === "/" && !text.endsWith("/") && /^https?:$/.test(url.protocol);
  return isPlain ? url : null;
}
