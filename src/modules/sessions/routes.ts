// Routes of one's own sessions.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { authentication, bearerToken } from "../../http/authentication.ts";
import { clientAddress } from "../../http/client-address.ts";
import { PageQuery } from "../../http/pagination.ts";
import { refusals } from "../../http/responses.ts";
import { ChatError } from "../../lib/errors.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { isoFromMillis } from "../../lib/time.ts";
import { notFound, notLoggedIn, unknownCursor } from "../../protocol/refusals.ts";
import { RenewedToken, SessionInfo } from "../../protocol/sessions.ts";
import { Done, IdText, Page } from "../../protocol/types.ts";
import { endSession, listSessions } from "./service.ts";

export const sessionsModule = (core: Core) =>
  new Elysia({ name: "sessions", tags: ["Account"] })
    .use(authentication(core))
    .get("/sessions", ({ session, query }) => listSessions(core, session, query), {
      auth: true,
      query: PageQuery,
      response: { 200: Page(SessionInfo), ...refusals(unknownCursor) },
      detail: {
        operationId: "listSessions",
        summary: "Your sessions",
        description:
          "Every log-in that has not ended, newest first: on which device, from where, and when it was last used.",
      },
    })
    .delete(
      "/sessions/:session_id",
      async ({ session, params }) => {
        await endSession(core, session, params.session_id);
        return { detail: "The session was ended." };
      },
      {
        auth: true,
        params: Type.Object({ session_id: IdText("Session id.", 12) }),
        response: { 200: Done, ...refusals(notFound("session")) },
        detail: {
          operationId: "endSession",
          summary: "End a session",
          description:
            "Logs one device out: its token is refused from now on, and its sockets are closed on every server.",
        },
      },
    )
    .delete(
      "/sessions",
      async ({ session }) => {
        await core.sessions.endOthers(session);
        logSecurity(core.log, "logged_out", { user: session.userId, but: session.id });
        return { detail: "Your other sessions were ended." };
      },
      {
        auth: true,
        response: { 200: Done },
        detail: {
          operationId: "endOtherSessions",
          summary: "End your other sessions",
          description: "Logs every other device out.",
        },
      },
    )
    .post(
      "/sessions/renew",
      async ({ request, server }) => {
        const token = bearerToken(request.headers.get("authorization"))!;
        const address = clientAddress(request, server, core.config.trustProxy);
        const renewed = await core.sessions.renew(token, address);
        if (!renewed) throw new ChatError(notLoggedIn);
        const { token: access_token, expiresAt } = renewed;
        return { access_token, token_type: "bearer" as const, expires_at: isoFromMillis(expiresAt) };
      },
      {
        auth: true,
        response: { 200: RenewedToken },
        detail: {
          operationId: "renewSession",
          summary: "Renew your session",
          description:
            "Gives another token of this session, which then lasts for `TOKEN_TTL` again, and at most until `SESSION_MAX_AGE` after the log-in. Doing it twice does no harm: each token is good until its own end.",
        },
      },
    );
