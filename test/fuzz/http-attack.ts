// Requests to the operations of the OpenAPI document, each response held against it.
import type { Chance } from "../support/random.ts";
import type { Attackers } from "./attackers.ts";
import type { Documents, Json, Operation } from "./documents.ts";
import type { KnownIds } from "./known-ids.ts";
import type { Ledger } from "./ledger.ts";
import type { FuzzRequest, Mode, Requests } from "./requests.ts";

export interface Attack {
  url: string;
  seed: number;
  documents: Documents;
  ledger: Ledger;
  attackers: Attackers;
  ids: KnownIds;
  /** What stands in everything that is private to the innocent. */
  secret: string;
  /** How long an answer is waited for. */
  answerLimitMs: number;
  /** Whether the server has ended, so that nothing more is to be expected of it. */
  hasEnded(): boolean;
}

const MODES: Record<Mode, number> = { valid: 35, "nearly valid": 35, hostile: 30 };
// A hash takes a processor for 0.1 s by design: these are made as often as they can be without anything else coming short.
const isHashing = ({ bodies }: Operation) => JSON.stringify(bodies).includes('password"');
const ENDS_SESSIONS = /^(logOut|endOtherSessions|endSession|deleteAccount)/;
const RARELY = 0.03;

/** What no response may hold. */
const INTERNALS =
  /node_modules|postgres|drizzle|elysia|\bat \/|\.ts:\d|select .+ from |TypeError|RangeError|SyntaxError/i;
const OF_EVERY_ANSWER = ["x-content-type-options", "content-security-policy", "referrer-policy", "cache-control"];

const HEAD_TOO_LARGE = 431;

export class HttpAttack {
  private readonly operations: Operation[];
  /** Those that may be called again and again. */
  private readonly usual: Operation[];

  constructor(
    private readonly attack: Attack,
    private readonly requests: Requests,
    only: RegExp | null,
  ) {
    this.operations = attack.documents.operations.filter(({ id }) => !only || only.test(id));
    this.usual = this.operations.filter((operation) => !isHashing(operation) && !ENDS_SESSIONS.test(operation.id));
  }

  get isEmpty() {
    return this.operations.length === 0;
  }

  /** One request; `chance` decides all of it. */
  async once(chance: Chance) {
    const { attack } = this;
    const mode = chance.weighted(MODES);
    let operation = chance.pick(this.operations);
    const isRare = (mode === "valid" && isHashing(operation)) || ENDS_SESSIONS.test(operation.id);
    if (isRare && !chance.happens(RARELY) && this.usual.length > 0) operation = chance.pick(this.usual);
    const attacker = attack.attackers.pick(chance);
    const { token } = attacker;
    const credential = attack.attackers.credential(attacker, chance);
    const request = this.requests.make(operation, mode, chance);
    if (credential.header !== null) request.headers.authorization = credential.header;
    attack.ledger.try(`${operation.id}, ${mode}`);
    const response = await this.send(operation, request);
    if (!response) return;
    const body = this.check(operation, request, response);
    if (response.status < 300) attack.ids.learn(operation.path, body, chance);
    if (response.status === 401 && credential.isOwn && body?.code === "unauthorized")
      await attack.attackers.revive(attacker, token);
    await attack.attackers.use(attacker);
  }

  private async send(operation: Operation, request: FuzzRequest) {
    const { attack } = this;
    try {
      const response = await fetch(attack.url + request.path, {
        method: request.method,
        headers: request.headers,
        redirect: "manual",
        signal: AbortSignal.timeout(attack.answerLimitMs),
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      const what =
        error instanceof Error ? `${error.name} ${(error as { code?: string }).code ?? error.message}` : String(error);
      attack.ledger.count("no answer");
      // An export ends with its session, in the middle.
      if (operation.id === "getExport" && (await this.hasEnded(request))) return null;
      if (!request.mayBeCut && !attack.hasEnded())
        attack.ledger.report("not answered", `${operation.id}: ${what}`, show(request));
      return null;
    }
  }

  private async hasEnded({ headers: { authorization } }: FuzzRequest): Promise<boolean> {
    const headers = { ...(authorization !== undefined && { authorization }) };
    return (await fetch(`${this.attack.url}/me`, { headers }).catch(() => null))?.status === 401;
  }

  /** The body as JSON, or null. */
  private check(
    operation: Operation,
    request: FuzzRequest,
    { status, headers, text }: { status: number; headers: Headers; text: string },
  ): Json {
    const { ledger, documents, secret } = this.attack;
    ledger.count(`${Math.floor(status / 100)}xx`);
    const example = () => ({ ...show(request), status, answer: text.slice(0, 500) });
    if (status === 503 && text.includes('"unavailable"') && headers.has("retry-after"))
      ledger.unavailable(operation.id, example());
    else if (status >= 500) ledger.report("server error", `${operation.id}: ${status}`, example());
    if (text.includes(secret)) ledger.report("private seen by outsiders", operation.id, example());
    if (status >= 400 && INTERNALS.test(text)) ledger.report("internals shown", operation.id, example());
    // Bun's own, before the server sees it.
    if (text === "" && (status === HEAD_TOO_LARGE || (status === 413 && request.mayBeCut))) return null;
    for (const name of OF_EVERY_ANSWER)
      if (!headers.has(name)) ledger.report("headers missing", `${operation.id}: ${name} of ${status}`, example());
    const contentType = headers.get("content-type") ?? "";
    let body: Json = text;
    if (contentType.startsWith("application/json")) {
      try {
        body = JSON.parse(text);
      } catch {
        if (operation.method !== "HEAD")
          ledger.report("not as documented", `${operation.id}: ${status} is not JSON`, example());
      }
    }
    const place = this.placeOf(operation, request);
    const isKnown =
      !place || status >= 500 || isRefusedBody(place, request, status, body) || isUpload(place, status, headers);
    const flaw = isKnown ? null : documents.flawOfResponse(place, status, contentType, body);
    if (flaw)
      ledger.report("not as documented", `${operation.id} ${status}: ${flaw.slice(0, 120)}`, { ...example(), flaw });
    return typeof body === "object" ? body : null;
  }

  /** The operation that the request has really come to: a spoilt part of the path may be the name of another one. Null for none. */
  private placeOf(operation: Operation, { path, method }: FuzzRequest): Operation | null {
    const parts = path.split("?")[0]!.split("/");
    const fits = (template: string) => {
      const wanted = template.split("/");
      return wanted.length === parts.length && wanted.every((part, i) => part.startsWith("{") || part === parts[i]);
    };
    const fitting = this.attack.documents.operations.filter((known) => known.method === method && fits(known.path));
    const place =
      fitting.length < 2
        ? operation
        : fitting.toSorted((a, b) => a.path.split("{").length - b.path.split("{").length)[0]!;
    // A part that cannot be decoded names no place.
    return parts.slice(1).every(isDecodable) ? place : null;
  }
}

/** A body is refused also where none is wanted, as the document says once for all. */
const isRefusedBody = ({ bodies }: Operation, { body }: FuzzRequest, status: number, answer: Json) =>
  bodies.length === 0 &&
  body !== undefined &&
  ["400 bad_request", "413 too_large", "422 invalid"].includes(`${status} ${answer?.code}`);

/** Of an upload by tus, which has a place in place of a body. */
const isUpload = ({ id }: Operation, status: number, headers: Headers) =>
  id === "createFile" && status === 201 && headers.has("location");

function isDecodable(part: string): boolean {
  try {
    decodeURIComponent(part);
    return part !== "";
  } catch {
    return false;
  }
}

/** For a report, short enough to be read. */
const show = ({ method, path, headers, body }: FuzzRequest) => ({
  request: `${method} ${path.slice(0, 300)}`,
  headers,
  body: typeof body === "string" ? body.slice(0, 1_000) : body && `${body.length} bytes`,
});
