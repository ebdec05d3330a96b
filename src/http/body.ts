// How a request's body is read: its size, its caller's rate and its depth are checked before it is parsed.
import { ChatError, invalid } from "../lib/errors.ts";
import { isTooDeep, tooDeep } from "../lib/json.ts";
import { REQUEST_BODY_LIMIT } from "../protocol/limits.ts";
import {
  bodyNotJson,
  bodyNotUtf8,
  bodyTimeout,
  bodyTooLarge,
  duplicateFormField,
  formNotMultipart,
  formWithFiles,
  tooManyFormFields,
  unsupportedContentType,
} from "../protocol/refusals.ts";

/** A client that has not sent its whole body within this is refused; Bun cuts the connection after 30 s. */
const BODY_TIMEOUT_MS = 20_000;
/** A log-in as OAuth 2 has it takes seven. */
const FIELD_LIMIT = 32;

const tooLarge = () => new ChatError(bodyTooLarge(REQUEST_BODY_LIMIT));

/** The routes that take bodies of any content type and bound their size themselves, for they read them as streams. */
const STREAMED: Record<string, RegExp> = { POST: /^\/files$/, PATCH: /^\/files\/[^/]+$/ };

/** Whether the request's route reads its body itself. */
export const isStreamed = ({ method, url }: Request) => STREAMED[method]?.test(new URL(url).pathname) === true;

/** Throws `too_large` for a body whose Content-Length is larger than its route allows. */
export function refuseLargeBody(request: Request) {
  if (Number(request.headers.get("content-length") ?? 0) > REQUEST_BODY_LIMIT && !isStreamed(request)) throw tooLarge();
}

/**
 * An object, from JSON or a form; undefined without a body. `charge` is told the body's size before it is parsed, and may
 * throw. Throws `bad_request`, `too_large`, `invalid`.
 */
export async function readBody(
  request: Request,
  charge: (bytes: number) => void,
  timeoutMs = BODY_TIMEOUT_MS,
): Promise<unknown> {
  const bytes = await readBytes(request, timeoutMs);
  if (bytes.byteLength === 0) return undefined;
  charge(bytes.byteLength);
  const contentType = request.headers.get("content-type") ?? "";
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  if (type === "multipart/form-data") return readForm(await parseMultipart(bytes, contentType));
  const text = decode(bytes);
  if (type === "application/x-www-form-urlencoded") return readForm(parseUrlEncoded(text));
  if (type !== "application/json") {
    throw new ChatError(unsupportedContentType);
  }
  return readObject(text);
}

async function readBytes(request: Request, timeoutMs: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  if (!request.body) return Buffer.alloc(0);
  const reader = request.body.getReader();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void reader.cancel().catch(() => {});
  }, timeoutMs);
  try {
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) throw new ChatError(bodyTimeout(timeoutMs / 1000));
      if (done) return Buffer.concat(chunks);
      size += value.byteLength;
      if (size > REQUEST_BODY_LIMIT) throw tooLarge();
      chunks.push(value);
    }
  } finally {
    clearTimeout(timer);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ChatError(bodyNotUtf8);
  }
}

function readObject(text: string): object {
  if (isTooDeep(text)) throw tooDeep("The body");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ChatError(bodyNotJson);
  }
  // Checked here, because a schema whose fields are all optional accepts an array or a number as an object without any.
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("body", "must be an object");
  for (const part of Object.values(value)) dropConversions(part);
  return value;
}

/**
 * Elysia turns a refused value into text, and fails on an object whose `toString` is no function. No field of the protocol has the
 * name of a conversion.
 */
function dropConversions(part: unknown) {
  if (typeof part !== "object" || part === null) return;
  const fields = part as Record<string, unknown>;
  for (const name of ["toString", "valueOf"]) if (Object.hasOwn(fields, name)) delete fields[name];
  for (const nested of Object.values(fields)) dropConversions(nested);
}

const tooManyFields = () => new ChatError(tooManyFormFields(FIELD_LIMIT));

function parseUrlEncoded(text: string): [string, string][] {
  if (text.split("&", FIELD_LIMIT + 1).length > FIELD_LIMIT) throw tooManyFields();
  return [...new URLSearchParams(text)];
}

async function parseMultipart(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<[string, string][]> {
  // Each part has a header of its own, whatever the boundary is.
  const parts = decode(bytes).split(/content-disposition/i, FIELD_LIMIT + 2).length - 1;
  if (parts > FIELD_LIMIT) throw tooManyFields();
  const form = await new Response(bytes, { headers: { "content-type": contentType } }).formData().catch(() => {
    throw new ChatError(formNotMultipart);
  });
  return [...form].map(([name, value]) => {
    if (typeof value !== "string") throw new ChatError(formWithFiles);
    return [name, value];
  });
}

function readForm(fields: [string, string][]): Record<string, string> {
  const form = Object.fromEntries(fields);
  if (fields.length !== Object.keys(form).length) throw new ChatError(duplicateFormField);
  return form;
}
