// A reverse proxy as operators have one who put the chat into a folder of their site: it takes the folder off the path, passes
// WebSockets on, and leaves everything else as it came.
import type { ServerWebSocket } from "bun";

interface Link {
  url: string;
  origin: string | null;
  upstream?: WebSocket;
  /** What came before the server's side was open. */
  waiting: (string | Buffer)[];
}

export interface FolderProxy {
  /** Of the site; the chat is in `folder` below it. */
  origin: string;
  /** Paths outside of the folder that somebody asked for. */
  strays: string[];
  stop(): void;
}

export function openFolderProxy(target: string, folder: string): FolderProxy {
  const strays: string[] = [];
  const server = Bun.serve<Link>({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request, self) {
      const { pathname, search } = new URL(request.url);
      if (pathname === folder.slice(0, -1)) return Response.redirect(folder, 308);
      if (!pathname.startsWith(folder)) {
        strays.push(pathname);
        return new Response("Another site", { status: 404 });
      }
      const url = `${target}/${pathname.slice(folder.length)}${search}`;
      if (request.headers.get("upgrade")) {
        const data = { url: url.replace(/^http/, "ws"), origin: request.headers.get("origin"), waiting: [] };
        return self.upgrade(request, { data }) ? undefined : new Response(null, { status: 400 });
      }
      const answer = await fetch(url, {
        method: request.method,
        headers: request.headers,
        body: request.body,
        redirect: "manual",
        decompress: false,
      });
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    },
    websocket: {
      open(ws: ServerWebSocket<Link>) {
        const { data } = ws;
        const { host } = new URL(data.url);
        // This client names the server as its Host; behind a proxy that hands on the browser's, both are the browser's.
        data.upstream = new WebSocket(data.url, {
          headers: data.origin ? { origin: `http://${host}` } : {},
        } as unknown as string[]);
        data.upstream.onopen = () => {
          for (const frame of data.waiting.splice(0)) data.upstream!.send(frame);
        };
        data.upstream.onmessage = (event) => void ws.send(event.data);
        data.upstream.onclose = (event) => ws.close(event.code === 1006 ? 1011 : event.code, event.reason);
      },
      message({ data }, frame) {
        if (data.upstream!.readyState === WebSocket.OPEN) data.upstream!.send(frame);
        else data.waiting.push(frame);
      },
      close: ({ data }) => data.upstream!.close(),
    },
  });
  return { origin: `http://127.0.0.1:${server.port}`, strays, stop: () => void server.stop(true) };
}
