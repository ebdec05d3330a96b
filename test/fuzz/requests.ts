// Requests made from an operation of the OpenAPI document.
import type { Chance } from "../support/random.ts";
import type { Operation, Parameter } from "./documents.ts";
import type { KnownIds } from "./known-ids.ts";
import { asText, toJson, type Values } from "./values.ts";

export type Mode = "valid" | "nearly valid" | "hostile";

export interface FuzzRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer> | undefined;
  /** Whether the server may cut the connection in place of a response: the body is larger than any that it reads. */
  mayBeCut: boolean;
}

// Larger than what the server reads of any body (`maxRequestBodySize`, with the FILE_MAX_SIZE of the run).
const BEYOND_ALL = 18 * 1024 * 1024;
const OVER_BODY_LIMIT = 64 * 1024 + 1;

const PATH_PARTS = [
  "0",
  "-1",
  "1.0",
  "1e3",
  "0x10",
  "%201",
  "1%20",
  "01",
  "9007199254740991",
  "9007199254740992",
  "9223372036854775808",
  "99999999999999999999999999",
  "%00",
  "%ED%A0%80",
  "%FF%FE",
  "%E0%80%80",
  "%",
  "%zz",
  "null",
  "undefined",
  "NaN",
  "__proto__",
  "constructor",
  "..%2f..%2fetc%2fpasswd",
  "%F0%9F%91%8D",
  "%E2%80%AE",
  "a".repeat(300),
  "me",
  "*",
  ";x=1",
  "%3Fx",
  "%23",
];

const HEADERS: [name: string, value: string][] = [
  ["accept", "text/html"],
  ["accept", "*/*;q=banana"],
  ["accept-encoding", "gzip, br, bogus"],
  ["accept-language", "x".repeat(500)],
  ["content-encoding", "gzip"],
  ["content-type", ""],
  ["content-type", "text/plain"],
  ["content-type", "application/json; charset=utf-16"],
  ["content-type", "application/xml"],
  ["content-type", "multipart/form-data"],
  ["content-type", "multipart/form-data; boundary="],
  ["content-type", 'multipart/form-data; boundary="x"'],
  ["content-type", "application/x-www-form-urlencoded"],
  ["content-type", "application/offset+octet-stream"],
  ["content-type", "application/json, application/json"],
  ["cookie", "session=1; token=2"],
  ["expect", "x"],
  ["forwarded", "for=1.2.3.4"],
  ["if-match", "*"],
  ["if-modified-since", "yesterday"],
  ["if-none-match", "*"],
  ["origin", "null"],
  ["origin", "https://evil.example"],
  ["range", "bytes=0-"],
  ["range", "bytes=-1"],
  ["range", "bytes=5-1"],
  ["range", "bytes=0-0,2-3,9-99999999999999999999"],
  ["range", "lines=1-2"],
  ["referer", "https://evil.example/<script>"],
  ["sec-fetch-site", "cross-site"],
  ["tus-resumable", "0.0.1"],
  ["tus-resumable", "1.0.0"],
  ["upload-length", "-1"],
  ["upload-length", "99999999999999999999"],
  ["upload-length", "NaN"],
  ["upload-defer-length", "1"],
  ["upload-offset", "-5"],
  ["upload-offset", "1e3"],
  ["upload-concat", "partial"],
  ["upload-metadata", "filename ,,, ==== ☃"],
  ["upload-metadata", "filename Li4vLi4vZXRjL3Bhc3N3ZA==,filename YQ=="],
  ["user-agent", "' or 1=1 --"],
  ["x-forwarded-for", "127.0.0.1, ::1, bogus"],
  ["x-forwarded-host", "evil.example"],
  ["x-forwarded-proto", "https"],
  ["x-http-method-override", "DELETE"],
  ["x-original-url", "/metrics"],
  ["x-request-id", "x".repeat(2_000)],
];

export class Requests {
  constructor(
    private readonly values: Values,
    private readonly ids: KnownIds,
  ) {}

  make(operation: Operation, mode: Mode, chance: Chance): FuzzRequest {
    const spoilt =
      mode === "hostile" ? chance.pick(["path", "query", "headers", "body", "body", "all"] as const) : null;
    const isSpoilt = (part: "path" | "query" | "headers" | "body") => spoilt === part || spoilt === "all";
    // One parameter or the body is what is nearly valid.
    const parts = [...operation.parameters.map(({ name }) => name), ...(operation.bodies.length > 0 ? ["body"] : [])];
    const broken = mode === "nearly valid" && parts.length > 0 ? chance.pick(parts) : null;
    const headers: Record<string, string> = {};
    for (const parameter of operation.parameters.filter((known) => known.in === "header"))
      if (chance.happens(0.5)) headers[parameter.name] = headerValue(this.parameter(parameter, broken, chance) ?? "");
    const path =
      this.path(operation, broken, isSpoilt("path"), chance) + this.query(operation, broken, isSpoilt("query"), chance);
    const body = this.body(
      operation,
      broken === "body" ? "nearly valid" : isSpoilt("body") ? "hostile" : "valid",
      headers,
      chance,
    );
    if (isSpoilt("headers")) {
      for (let n = Math.ceil(chance.between(0, 3)); n > 0; n--) {
        const [name, value] = chance.pick(HEADERS);
        headers[name] = headerValue(value);
      }
    }
    return {
      method: operation.method,
      path,
      headers,
      body,
      mayBeCut: body !== undefined && body.length > BEYOND_ALL,
    };
  }

  private parameter({ name, schema }: Parameter, broken: string | null, chance: Chance): string | undefined {
    const value =
      broken === name ? this.values.nearlyValid(schema, name, chance) : this.values.valid(schema, name, chance);
    return value === undefined ? undefined : asText(value);
  }

  private path({ path, parameters }: Operation, broken: string | null, isSpoilt: boolean, chance: Chance): string {
    const kind = path.startsWith("/groups/") ? "group" : "conversation";
    const pair =
      /\{(group|conversation)_id\}.*\{message_id\}/.test(path) && chance.happens(0.7)
        ? this.ids.pickMessage(kind, chance)
        : null;
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const spoilt = isSpoilt && names.length > 0 ? chance.pick(names) : null;
    return path.replace(/\{(\w+)\}/g, (_, name) => {
      if (name === spoilt) return chance.pick(PATH_PARTS);
      if (pair && name === `${kind}_id`) return String(pair.room);
      if (pair && name === "message_id") return String(pair.id);
      const parameter = parameters.find((known) => known.name === name)!;
      if (broken !== name && ["friend", "user"].includes(name) && chance.happens(0.8))
        return String(this.ids.pick(name, chance));
      return encode(this.parameter(parameter, broken, chance) ?? "undefined") || "%20";
    });
  }

  private query({ parameters }: Operation, broken: string | null, isSpoilt: boolean, chance: Chance): string {
    const pairs: string[] = [];
    for (const parameter of parameters.filter((known) => known.in === "query")) {
      if (!parameter.required && broken !== parameter.name && !chance.happens(0.4)) continue;
      const value = this.parameter(parameter, broken, chance);
      if (value !== undefined) pairs.push(`${parameter.name}=${encode(value)}`);
    }
    if (isSpoilt) {
      const [first = "limit"] = parameters.filter((known) => known.in === "query").map(({ name }) => name);
      const odd = [
        `${first}=1&${first}=2`,
        `${first}[]=1`,
        `${first}[a]=1`,
        `__proto__[x]=1`,
        `${first}=%zz`,
        `${first}=%00`,
        `${first}=%ED%A0%80`,
        `${first}=${"9".repeat(400)}`,
        `token=${"x".repeat(1_500)}`,
        "a=1".repeat(300),
        "&&&=&==",
        "?",
        `${first}=${encode(this.values.nasty(chance))}`,
      ];
      pairs.push(chance.pick(odd));
    }
    return pairs.length > 0 ? `?${pairs.join("&")}` : "";
  }

  private body(operation: Operation, mode: Mode, headers: Record<string, string>, chance: Chance): FuzzRequest["body"] {
    const canHaveBody = !["GET", "HEAD", "OPTIONS"].includes(operation.method);
    if (!canHaveBody) return undefined;
    if (operation.bodies.length === 0) {
      if (mode !== "hostile") return undefined;
      headers["content-type"] = "application/json";
      return spoil(toJson(this.values.hostile(chance)), chance);
    }
    const [type, schema] = chance.pick(operation.bodies);
    headers["content-type"] = type;
    const value = (): unknown =>
      mode === "nearly valid"
        ? this.values.nearlyValid(schema, "whole body", chance)
        : mode === "hostile" && chance.happens(0.4)
          ? this.values.hostile(chance)
          : this.values.valid(schema, "whole body", chance);
    const isSpoilt = mode === "hostile" && chance.happens(0.7);
    if (type === "application/json") {
      const text = toJson(value());
      return isSpoilt ? spoil(text, chance) : text;
    }
    if (type === "application/x-www-form-urlencoded") {
      const fields = value();
      const form = typeof fields === "object" && fields !== null ? Object.entries(fields) : [["username", fields]];
      const text = form.map(([name, part]) => `${encode(String(name))}=${encode(asText(part))}`).join("&");
      return isSpoilt ? spoil(text, chance) : text;
    }
    if (type === "multipart/form-data") return this.multipart(value(), isSpoilt, headers, chance);
    const bytes = randomBytes(Math.floor(chance.between(0, chance.happens(0.05) ? 200_000 : 2_000)), chance);
    if (headers["tus-resumable"] !== undefined && chance.happens(0.9)) headers["tus-resumable"] = "1.0.0";
    return bytes;
  }

  private multipart(value: unknown, isSpoilt: boolean, headers: Record<string, string>, chance: Chance) {
    const boundary = `b${Math.floor(chance.between(0, 1e9))}`;
    headers["content-type"] = `multipart/form-data; boundary=${boundary}`;
    // As tus creates an upload in place of a form.
    if (chance.happens(0.3)) {
      headers["tus-resumable"] = "1.0.0";
      headers["upload-length"] = String(Math.floor(chance.between(0, 5_000)));
      headers["content-type"] = "application/offset+octet-stream";
      if (chance.happens(0.3)) return randomBytes(Math.floor(chance.between(0, 6_000)), chance);
      return new Uint8Array(0);
    }
    const fields = typeof value === "object" && value !== null ? (Object.entries(value) as [string, unknown][]) : [];
    const parts = fields.map(([name, part]) => {
      const isFile = name === "file";
      const filename = isFile ? `; filename="${String(this.values.nasty(chance)).replace(/["\r\n\0]/g, "_")}"` : "";
      const type = isFile
        ? `\r\ncontent-type: ${chance.pick(["text/plain", "image/png", "image/svg+xml", "text/html", "x"])}`
        : "";
      const content = isFile
        ? chance.pick([
            "text",
            "\x89PNG\r\n\x1a\nbroken",
            "GIF89a....",
            "<svg onload=alert(1)>",
            "%PDF-1.4",
            "x".repeat(5_000),
          ])
        : asText(part);
      return `--${boundary}\r\ncontent-disposition: form-data; name="${name.replace(/["\r\n]/g, "_")}"${filename}${type}\r\n\r\n${content}\r\n`;
    });
    if (isSpoilt && chance.happens(0.5)) parts.push(...chance.shuffled(parts));
    const text = `${parts.join("")}--${boundary}--\r\n`;
    return isSpoilt ? spoil(text, chance) : text;
  }
}

/** Of a header: no character that a client could not send. */
const headerValue = (text: string) => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 4_000);

const encode = (text: string) => encodeURIComponent(text.toWellFormed());

function randomBytes(length: number, chance: Chance): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 4) bytes.fill(Math.floor(chance.next() * 256), i, i + 4);
  return bytes;
}

/** The text damaged as a whole. */
export function spoil(text: string, chance: Chance): string | Uint8Array<ArrayBuffer> {
  const at = Math.floor(chance.next() * text.length);
  const ways: (() => string | Uint8Array<ArrayBuffer>)[] = [
    () => text.slice(0, at),
    () => text + text,
    () => `\ufeff${text}`,
    () => `${text.slice(0, at)}\u0000${text.slice(at)}`,
    () => text.replace(/^\{/, `{"id":1,"id":2,"type":"x","body":"a","__proto__":{"x":1},`),
    () => text.replace(/\}$/, `,"body":"again","client_id":null,"ref":7}`),
    () => "[".repeat(20),
    () => "[".repeat(30_000),
    () => `${'{"a":'.repeat(17)}1${"}".repeat(17)}`,
    () => `{"body":${'{"x":['.repeat(8)}${"]}".repeat(8)}}`,
    () => new Uint8Array([...Buffer.from(text.slice(0, at)), 0xff, 0xfe, 0xc0, 0x80, ...Buffer.from(text.slice(at))]),
    () => new Uint8Array(Buffer.from(text, "utf16le")),
    () => text.replaceAll('"', "'"),
    () => `${text.slice(0, at)}\\ud800${text.slice(at)}`,
    () => "null",
    () => "123",
    () => '"text"',
    () => "",
    () => `{"body":"${"x".repeat(OVER_BODY_LIMIT)}"}`,
    () => `${" ".repeat(60_000)}${text}`,
    () => `{${Array.from({ length: 2_000 }, (_, i) => `"k${i}":${i}`).join(",")}}`,
  ];
  if (chance.happens(0.0005)) return new Uint8Array(BEYOND_ALL + 1);
  if (chance.happens(0.003)) return `{"body":"${"x".repeat(1_000_000)}"}`;
  return chance.pick(ways)();
}
