// What holds for every HTTP request: how bodies are read, what an error looks like, and the headers that keep browsers safe.
import { cors } from "@elysiajs/cors";
import { Elysia, ValidationError } from "elysia";
import type { Core } from "../core.ts";
import { ChatError, invalid, isDatabaseConflict, isDatabaseUnavailable, unavailable } from "./errors.ts";
import { safeError } from "./log.ts";
import { validationError } from "./validation.ts";

/** The largest body: a message of 4,000 characters, each escaped and of four bytes, with room to spare. */
const BODY_LIMIT = 64 * 1024;

const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

const tooLarge = () => new ChatError("too_large", `The body is larger than ${BODY_LIMIT / 1024} KiB.`);

export const httpRules = (core: Core) =>
  new Elysia({ name: "http-rules" })
    .headers(HEADERS)
    .use(crossOrigin(core.config.corsOrigins))
    .onRequest(({ request }) => {
      if (Number(request.headers.get("content-length") ?? 0) > BODY_LIMIT) throw tooLarge();
    })
    .onParse({ as: "global" }, ({ request }) => readBody(request))
    .onAfterResponse({ as: "global" }, ({ request, path, set, responseValue }) => {
      const status = responseValue instanceof Response ? responseValue.status : Number(set.status ?? 200);
      core.metrics.requests.inc({ status: String(status) });
      // The path only: a query may hold a token.
      core.log.debug({ method: request.method, path, status }, "request");
    })
    .onError({ as: "global" }, ({ error, code, set }) => {
      const refusal = toRefusal(core, error, code);
      core.metrics.refusals.inc({ code: refusal.code });
      set.status = refusal.status;
      set.headers["content-type"] = "application/json";
      if (refusal.retryAfter) set.headers["retry-after"] = String(refusal.retryAfter);
      if (refusal.status === 401) set.headers["www-authenticate"] = "Bearer";
      return refusal.toBody();
    });

function crossOrigin(origins: string[]) {
  if (origins.length === 0) return new Elysia({ name: "same-origin-only" });
  return cors({
    origin: origins.includes("*") ? true : origins,
    methods: ["GET", "POST", "PUT", "DELETE"],
    allowedHeaders: ["Authorization", "Content-Type"],
    exposeHeaders: ["Retry-After"],
    // Sessions travel in the Authorization header, never in a cookie.
    credentials: false,
    maxAge: 600,
  });
}

/** An object, as JSON or a form. Read here, so that size and syntax are judged before anything else looks. */
async function readBody(request: Request): Promise<unknown> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  const text = await readText(request);
  if (text === "") return undefined;
  if (type === "application/x-www-form-urlencoded") return readForm(text);
  if (type !== "application/json") {
    throw new ChatError("bad_request", "Send the body as application/json (a log-in may be a form).");
  }
  return readObject(text);
}

function readObject(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ChatError("bad_request", "The body is not valid JSON.");
  }
  // Said here, because a schema whose fields are all optional takes an array or a number for an object without any.
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("body", "must be an object");
  return Object.fromEntries(Object.entries(value).map(([field, part]) => [field, shallow(part)]));
}

/**
 * No body has anything nested. What is, fails validation emptied as well as full; but Elysia puts a refused value into words,
 * and stumbles over one that is deep or brings a `toString` of its own.
 */
const shallow = (part: unknown) => (typeof part !== "object" || part === null ? part : Array.isArray(part) ? [] : {});

async function readText(request: Request): Promise<string> {
  if (!request.body) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new ChatError("bad_request", "The body is not valid UTF-8.");
  }
}

function readForm(text: string): Record<string, string> {
  const fields = new URLSearchParams(text);
  const form = Object.fromEntries(fields);
  if (fields.size !== Object.keys(form).length) throw new ChatError("bad_request", "A form field is given twice.");
  return form;
}

/** What the caller may know of an error; everything else is logged, without the values it was about. */
function toRefusal(core: Core, error: unknown, code: string | number): ChatError {
  if (error instanceof ChatError) return error;
  // What readBody throws comes wrapped.
  if (code === "PARSE" && error instanceof Error && error.cause instanceof ChatError) return error.cause;
  if (error instanceof ValidationError && error.type !== "response") {
    const { validator, value, type } = error as ValidationError & {
      validator: { Errors(value: unknown): Iterable<never> };
    };
    return validationError(validator.Errors(value), type);
  }
  if (code === "NOT_FOUND") return new ChatError("not_found", "There is nothing at this address.");
  if (code === "PARSE") return new ChatError("bad_request", "The body could not be read.");
  if (isDatabaseUnavailable(error)) return unavailable();
  if (isDatabaseConflict(error))
    return new ChatError("slow_down", "Someone changed the same thing; try again.", { retryAfter: 1 });
  core.log.error({ error: safeError(error) }, "a request failed");
  return new ChatError("internal", "Something went wrong on our side.");
}
