// The routes where sockets connect. Whoever is refused is let in first and closed at once with a reason: a browser can read a
// close code, but not the status of a handshake.
import { Elysia } from "elysia";
import type { RoomKind } from "../bus/bus.ts";
import type { Core } from "../core.ts";
import { ChatError } from "../lib/errors.ts";
import { isAllowedOrigin } from "../lib/origin.ts";
import { isId } from "../lib/schemas.ts";
import { bearerToken } from "../modules/auth/index.ts";
import type { Hub } from "./hub.ts";
import { Connection } from "./socket.ts";

interface Handshaking {
  request: Request;
  server: Bun.Server<unknown> | null;
  params: { id: string };
  query: Record<string, unknown>;
}

export const realtimeModule = (core: Core, hub: Hub) => {
  const connect = (kind: RoomKind, { request, server, params, query }: Handshaking) => {
    const roomId = isId(params.id) ? Number(params.id) : null;
    const token = typeof query.token === "string" ? query.token : bearerToken(request.headers.get("authorization"));
    const refusal = isAllowedOrigin(request, core.config.corsOrigins) ? null : "forbidden";
    const upgraded = server?.upgrade(request, { data: new Connection(core, hub, { kind, roomId, token, refusal }) });
    if (!upgraded) throw new ChatError("bad_request", "This address takes WebSocket connections.");
  };
  return new Elysia({ name: "realtime" })
    .get("/ws/conversations/:id", (context) => connect("direct", context), {
      detail: { hide: true },
    })
    .get("/ws/groups/:id", (context) => connect("group", context), {
      detail: { hide: true },
    });
};
