// The routes where sockets connect. Whoever is refused is let in first and closed at once with a reason: a browser can read a
// close code, but not the status of a handshake.
import { Elysia } from "elysia";
import { bearerToken } from "../http/callers.ts";
import { clientAddress, networkOf } from "../http/client-address.ts";
import { isAllowedOrigin } from "../http/origin.ts";
import { ChatError } from "../lib/errors.ts";
import { webSocketExpected } from "../protocol/refusals.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import { isId } from "../protocol/types.ts";
import { Connection, type Realtime } from "./connection.ts";
import { AccountScope, RoomScope, type Scope } from "./subscriptions.ts";

type Server = Bun.Server<unknown> | null;

// Handlers name what they take: Elysia reads their source to know what to hand them.
export const realtimeModule = (realtime: Realtime) => {
  const connect = (scope: Scope, request: Request, server: Server) => {
    // HTTP/1.0 knows requests without a host, whose address is a path alone.
    const query = new URL(request.url, "http://localhost").searchParams;
    const token = query.get("token") ?? bearerToken(request.headers.get("authorization"));
    const refusal = isAllowedOrigin(request, realtime.core.config.corsOrigins) ? null : "forbidden";
    const awaitsResume = query.get("resume") === "1";
    const network = networkOf(clientAddress(request, server, realtime.core.config.trustProxy));
    const connection = new Connection(realtime, scope, { token, refusal, awaitsResume }, network);
    if (!server?.upgrade(request, { data: connection })) throw new ChatError(webSocketExpected);
  };
  const room = (kind: RoomKind, id: string) => new RoomScope(kind, isId(id) ? Number(id) : null);
  const hidden = { detail: { hide: true } };
  return new Elysia({ name: "realtime" })
    .get("/ws", ({ request, server }) => connect(new AccountScope(), request, server), hidden)
    .get(
      "/ws/conversations/:id",
      ({ request, server, params }) => connect(room("direct", params.id), request, server),
      hidden,
    )
    .get("/ws/groups/:id", ({ request, server, params }) => connect(room("group", params.id), request, server), hidden);
};
