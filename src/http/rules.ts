// The rules of every HTTP request: how bodies are read, how errors are rendered, and the headers that protect browsers.
import { cors } from "@elysiajs/cors";
import { Elysia, ValidationError } from "elysia";
import { isDatabaseConflict, isTransientDatabaseError } from "../db/errors.ts";
import { ChatError, unavailable } from "../lib/errors.ts";
import { safeError } from "../lib/log.ts";
import { permissionsPolicy } from "../lib/permissions-policy.ts";
import { logSecurity } from "../lib/security-log.ts";
import { validationError } from "../lib/validation.ts";
import { changedConcurrently, internalError, noSuchAddress, unreadableBody } from "../protocol/refusals.ts";
import { findCaller, knownCaller } from "./authentication.ts";
import { isStreamed, readBody, refuseLargeBody } from "./body.ts";
import { clientAddress, networkOf } from "./client-address.ts";
import { refuseBadHost } from "./host.ts";
import { notFoundPage } from "./not-found-page.ts";
import { Penalty } from "./penalty.ts";
import type { HttpServices } from "./services.ts";

const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": permissionsPolicy(),
  "cache-control": "no-store",
};

// Of tus 1.0, by which files are uploaded. X-Request-ID and X-HTTP-Method-Override are of its clients.
const UPLOAD_REQUEST_HEADERS = [
  "Tus-Resumable",
  "Upload-Length",
  "Upload-Offset",
  "Upload-Metadata",
  "X-Request-ID",
  "X-HTTP-Method-Override",
];
const UPLOAD_RESPONSE_HEADERS = [
  "Tus-Resumable",
  "Tus-Version",
  "Tus-Extension",
  "Tus-Max-Size",
  "Upload-Length",
  "Upload-Offset",
  "Upload-Metadata",
  "Upload-Expires",
];

// A year, as browsers' preload lists ask for; other hosts of the domain are not ours to bind.
const HSTS = "max-age=31536000";

export const httpRules = (services: HttpServices, penalty = new Penalty()) =>
  new Elysia({ name: "http-rules" })
    .headers(HEADERS)
    .use(crossOrigin(services.config.corsOrigins))
    .onRequest(({ request, set }) => {
      if (services.config.trustProxy > 0 && isSecure(request)) set.headers["strict-transport-security"] = HSTS;
      refuseBadHost(request);
      refuseLargeBody(request);
    })
    .onParse({ as: "global" }, async ({ request, server }) => {
      const caller = await findCaller(services, request);
      // (What is returned counts as the body; without one, Elysia would go on reading.)
      if (isStreamed(request)) return {};
      if (caller) return readBody(request, (bytes) => services.limits.body(caller.userId, bytes));
      const network = networkOf(clientAddress(request, server, services.config.trustProxy));
      await penalty.around(() => services.limits.anonymous(network));
      return readBody(request, (bytes) => services.limits.anonymousBody(network, bytes));
    })
    .onAfterResponse({ as: "global" }, ({ request, path, set, responseValue }) => {
      const status = responseValue instanceof Response ? responseValue.status : Number(set.status ?? 200);
      services.metrics.requests.inc({ status: String(status) });
      // The path only: a query may hold a token.
      services.log.debug({ method: request.method, path, status }, "request");
    })
    .onError({ as: "global" }, ({ error, code, set, request, server, route, params }) => {
      const refusal = toRefusal(services, error, code);
      if (refusal.status === 401 || refusal.status === 403) {
        const address = clientAddress(request, server, services.config.trustProxy);
        logRefused(services, refusal, request, address, route, params);
      }
      services.metrics.refusals.inc({ code: refusal.code });
      set.status = refusal.status;
      set.headers["content-type"] = "application/json";
      if (refusal.retryAfter) set.headers["retry-after"] = String(refusal.retryAfter);
      if (refusal.status === 401) set.headers["www-authenticate"] = "Bearer";
      // Only where there is no route; a call that was refused says why to browsers, too.
      const page = code === "NOT_FOUND" ? notFoundPage(request) : null;
      if (!page) return refusal.toBody();
      Object.assign(set.headers, page.headers);
      return page.body;
    });

/** What was refused for want of a session or a right. Without a token nobody has claimed to be anybody. */
function logRefused(
  { log }: HttpServices,
  { code, status }: ChatError,
  request: Request,
  address: string,
  route: string,
  params: unknown,
) {
  const caller = knownCaller(request);
  if (!caller && !request.headers.has("authorization")) return;
  // Of a path the ids alone: other parts may be secrets.
  const ids = Object.values((params ?? {}) as Record<string, unknown>).filter((part) =>
    /^\d{1,16}$/.test(String(part)),
  );
  logSecurity(log, caller || status === 403 ? "access_refused" : "not_authenticated", {
    user: caller?.userId,
    address,
    code,
    method: request.method,
    route,
    ...(ids.length > 0 && { ids: ids.map(Number) }),
  });
}

function crossOrigin(origins: string[]) {
  if (origins.length === 0) return new Elysia({ name: "same-origin-only" });
  return cors({
    origin: origins.includes("*") ? true : origins,
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: ["Authorization", "Content-Type", "Range", ...UPLOAD_REQUEST_HEADERS],
    exposeHeaders: ["Retry-After", "Location", "Content-Range", ...UPLOAD_RESPONSE_HEADERS],
    // Sessions travel in the Authorization header, never in a cookie.
    credentials: false,
    maxAge: 600,
  });
}

/** Whether the client reached the operator's proxy by HTTPS; only then may HSTS be sent (RFC 6797, 7.2). */
const isSecure = (request: Request) =>
  request.headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim().toLowerCase() === "https";

/** The refusal for an error; what the caller must not see of it is logged, without the values it was about. */
function toRefusal(services: HttpServices, error: unknown, code: string | number): ChatError {
  if (error instanceof ChatError) return error;
  // Errors from before and while a body is read come wrapped.
  if (
    code === "PARSE" &&
    error instanceof Error &&
    (error.cause instanceof ChatError || isTransientDatabaseError(error.cause))
  )
    return toRefusal(services, error.cause, "UNKNOWN");
  if (error instanceof ValidationError && error.type !== "response") {
    const { validator, value, type } = error as ValidationError & {
      validator: { Errors(value: unknown): Iterable<never> };
    };
    return validationError(validator.Errors(value), type);
  }
  if (code === "NOT_FOUND") return new ChatError(noSuchAddress);
  if (code === "PARSE") return new ChatError(unreadableBody);
  if (isTransientDatabaseError(error)) return unavailable();
  if (isDatabaseConflict(error)) return new ChatError(changedConcurrently);
  services.log.error({ error: safeError(error) }, "a request failed");
  return new ChatError(internalError);
}
