// Where the page is, and with it the server: `/`, or a folder such as `/chat/` behind a proxy.

/** The page's own folder, with the slash at its end. */
const base = new URL(".", document.baseURI);

/** For the SDK. */
export const serverUrl = base.href;

/** Tells this chat from others of the same origin, in all that an origin's pages share. */
export const scoped = (name: string) => (base.pathname === "/" ? name : `${name} ${base.pathname}`);
