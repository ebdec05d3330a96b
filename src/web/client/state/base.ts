// The base URL of the page and the server: `/`, or a path such as `/chat/` behind a proxy.

/** With a trailing slash. */
const base = new URL(".", document.baseURI);

/** For the SDK. */
export const serverUrl = base.href;

/** A name for what an origin's pages share (storage, channels, locks) that is distinct from other chats on the same origin. */
export const scoped = (name: string) => (base.pathname === "/" ? name : `${name} ${base.pathname}`);
