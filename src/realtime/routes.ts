// The routes where sockets connect. A refused connection is accepted and closed at once with a reason: a browser can read a close
// code, but not the status of a handshake.
import { Elysia } from "elysia";
import { bearerToken, ON_BEHALF_OF } from "../http/authentication.ts";
import { clientAddress, networkOf } from "../http/client-address.ts";
import { isAllowedOrigin } from "../http/origin.ts";
import { ChatError } from "../lib/errors.ts";
import { webSocketExpected } from "../protocol/refusals.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import { isId } from "../protocol/types.ts";
import { Connection, type Realtime } from "./connection.ts";
import { AccountSubscriptions, RoomSubscription, type Subscriptions } from "./subscriptions.ts";

type Server = Bun.Server<unknown> | null;

interface RouteOptions {
  /** Web origins whose pages may connect, besides the server's own. */
  corsOrigins: string[];
  /** How many proxies stand in front. */
  trustProxy: number;
}

// Handlers name what they take: Elysia reads their source to know what to pass them.
export const realtimeModule = (realtime: Realtime, { corsOrigins, trustProxy }: RouteOptions) => {
  const connect = (subscriptions: Subscriptions, request: Request, server: Server) => {
    // HTTP/1.0 knows requests without a host, whose address is a path alone.
    const query = new URL(request.url, "http://localhost").searchParams;
    const connection = new Connection(realtime, subscriptions, {
      token: query.get("token") ?? bearerToken(request.headers.get("authorization")),
      // A socket is its own user's; only calls are made for others.
      refusal: isAllowedOrigin(request, corsOrigins) && !request.headers.has(ON_BEHALF_OF) ? null : "forbidden",
      awaitsResume: query.get("resume") === "1",
      network: networkOf(clientAddress(request, server, trustProxy)),
    });
    if (!server?.upgrade(request, { data: connection })) throw new ChatError(webSocketExpected);
  };
  const room = (kind: RoomKind, id: string) => new RoomSubscription(kind, isId(id) ? Number(id) : null);
  const hidden = { detail: { hide: true } };
  return new Elysia({ name: "realtime" })
    .get("/ws", ({ request, server }) => connect(new AccountSubscriptions(), request, server), hidden)
    .get(
      "/ws/conversations/:id",
      ({ request, server, params }) => connect(room("direct", params.id), request, server),
      hidden,
    )
    .get("/ws/groups/:id", ({ request, server, params }) => connect(room("group", params.id), request, server), hidden);
};
