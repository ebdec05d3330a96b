// Bytes that no HTTP client and no browser would send: broken requests, half ones, smuggled ones, and the frames of RFC 6455 in every
// wrong form.
import { connect } from "node:net";
import type { Chance } from "../support/random.ts";
import type { Attack } from "./http-attack.ts";

/** How long a reply is waited for; whether one comes is the server's to decide. */
const QUIET_MS = 60;
const NEVER_MS = 2_000;

type Part = string | Buffer;

export class RawAttack {
  private readonly port: number;

  constructor(private readonly attack: Attack) {
    this.port = Number(new URL(attack.url).port);
  }

  async once(chance: Chance) {
    const { ledger, attackers, secret } = this.attack;
    const attacker = attackers.pick(chance);
    const isSocket = chance.happens(0.6);
    ledger.try(isSocket ? "bytes of a socket" : "bytes of a request");
    const parts = isSocket ? this.socket(attacker.token, chance) : [this.request(attacker.token, chance)];
    const answer = await this.exchange(parts, chance);
    const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(answer)?.[1] ?? 0);
    ledger.count(status ? `raw ${Math.floor(status / 100)}xx` : "raw, no answer");
    // Bun says itself that it knows no such version, or cuts the connection.
    const example = {
      sent: parts.map((part) => part.toString("latin1" as never).slice(0, 800)),
      answer: answer.slice(0, 500),
    };
    if (status >= 500 && status !== 505) ledger.report("server error", `raw: ${status}`, example);
    if (answer.includes(secret)) ledger.report("private seen by outsiders", "raw", example);
    await attackers.use(attacker);
  }

  private exchange(parts: Part[], chance: Chance): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = connect({ port: this.port, host: "127.0.0.1" });
    let answer = "";
    let quiet: Timer | undefined;
    const done = () => {
      clearTimeout(quiet);
      clearTimeout(never);
      socket.destroy();
      resolve(answer);
    };
    const never = setTimeout(done, NEVER_MS);
    socket.on("connect", async () => {
      for (const part of parts) {
        socket.write(part as string, "latin1");
        await Bun.sleep(0);
      }
      if (chance.happens(0.3)) return done();
      if (chance.happens(0.2)) socket.end();
      quiet = setTimeout(done, QUIET_MS);
    });
    socket.on("data", (data) => {
      answer += data.toString("latin1");
    });
    socket.on("error", done);
    socket.on("close", done);
    return promise;
  }

  private request(token: string, chance: Chance): string {
    const auth = `Host: localhost\r\nAuthorization: Bearer ${token}\r\n`;
    const body = '{"name":"raw"}';
    const json = "Content-Type: application/json\r\n";
    const message = `POST /groups HTTP/1.1\r\n${auth}${json}`;
    return chance.pick([
      () => `GET /me HTTP/1.1\r\n${auth}`,
      () => "GET",
      () => `GET /me HTTP/1.1\r\n${auth}Content-Length: 5\r\n\r\nabcde`,
      () => `GET /me HTTP/0.9\r\n${auth}\r\n`,
      () => `GET /me HTTP/1.0\r\n\r\n`,
      () => `GET /me HTTP/2.0\r\n${auth}\r\n`,
      () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      () => `TRACE /me HTTP/1.1\r\n${auth}\r\n`,
      () => `CONNECT evil.example:443 HTTP/1.1\r\n${auth}\r\n`,
      () => `OPTIONS * HTTP/1.1\r\n${auth}\r\n`,
      () => `BREW /me HTTP/1.1\r\n${auth}\r\n`,
      () => `get /me HTTP/1.1\r\n${auth}\r\n`,
      () => `GET http://evil.example/me HTTP/1.1\r\n${auth}\r\n`,
      () => `GET //evil.example/me HTTP/1.1\r\n${auth}\r\n`,
      () => `GET /${"a/".repeat(Math.floor(chance.between(1, 8_000)))} HTTP/1.1\r\n${auth}\r\n`,
      () => `GET /users/${"%41".repeat(3_000)} HTTP/1.1\r\n${auth}\r\n`,
      () => `GET /me\x00 HTTP/1.1\r\n${auth}\r\n`,
      () => `GET /../../etc/passwd HTTP/1.1\r\n${auth}\r\n`,
      () => `GET /assets/..%2f..%2fpackage.json HTTP/1.1\r\n${auth}\r\n`,
      () => `GET /me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
      () => `GET /me HTTP/1.1\r\nHost: a b\r\n\r\n`,
      () => `GET /me HTTP/1.1\r\nHost: localhost\r\nX-Bad : 1\r\n folded\r\n\r\n`,
      () => `GET /me HTTP/1.1\r\nHost: localhost\r\nX: ${"h".repeat(Math.floor(chance.between(1, 40_000)))}\r\n\r\n`,
      () => `GET /me HTTP/1.1\r\nHost: localhost\r\n${"X: y\r\n".repeat(Math.floor(chance.between(1, 400)))}\r\n`,
      () => `GET /me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      () => `GET /me HTTP/1.1\r\nHost: localhost\r\nX: a\rb\x00c\r\n\r\n`,
      () => `${message}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
      () => `${message}Content-Length: -1\r\n\r\n${body}`,
      () => `${message}Content-Length: 99999999999999999999\r\n\r\n${body}`,
      () => `${message}Content-Length: ${body.length}\r\nContent-Length: 3\r\n\r\n${body}`,
      () => `${message}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /me HTTP/1.1\r\n${auth}\r\n`,
      () => `${message}Transfer-Encoding: chunked\r\n\r\nzz\r\n${body}\r\n0\r\n\r\n`,
      () => `${message}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n${body}`,
      () => `${message}Transfer-Encoding: chunked\r\n\r\n5\r\n{"nam`,
      () => `${message}Transfer-Encoding: xchunked\r\n\r\n${body}`,
      () => `${message}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
      () => `${message}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
      () => `${message}Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      () => `${`GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(30)}`,
      () => Array.from({ length: 400 }, () => String.fromCharCode(Math.floor(chance.between(0, 256)))).join(""),
      () => "\r\n\r\n\r\n",
      () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] as (() => string)[])();
  }

  private socket(token: string, chance: Chance): Part[] {
    const path = chance.pick(["/ws", "/ws/groups/1", "/ws/conversations/1", "/ws/groups/x"]);
    const upgrade = (extra = "") =>
      `GET ${path}?token=${token} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${btoa(String(chance.next()).padEnd(16).slice(0, 16))}\r\n${extra}\r\n`;
    const handshake = chance.pick([
      () => upgrade(),
      () => upgrade(),
      () => upgrade(),
      () => upgrade(),
      () => upgrade("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99\r\n"),
      () => upgrade("Sec-WebSocket-Protocol: a, b\r\n"),
      () => upgrade("Origin: https://evil.example\r\n"),
      () => upgrade().replace("13", "8"),
      () => upgrade().replace(/Sec-WebSocket-Key.*\r\n/, ""),
      () => upgrade().replace("GET", "POST"),
      () => upgrade().replace("Connection: Upgrade", "Connection: close"),
      () => upgrade().slice(0, 60),
    ])();
    const parts: Part[] = [handshake];
    for (let n = Math.floor(chance.between(1, 6)); n > 0; n--) parts.push(...this.frames(chance));
    return parts;
  }

  private frames(chance: Chance): Buffer[] {
    const text = Buffer.from(
      chance.pick(['{"type":"ping","ref":"1"}', '{"type":"typing.start","group_id":1}', "{", "", "é€😀"]),
    );
    const half = Math.ceil(text.length / 2);
    return chance.pick([
      () => [frame(1, text)],
      // Fragmented, with a control frame in between.
      () => [frame(1, text.subarray(0, half), { fin: false }), frame(0, text.subarray(half))],
      () => [
        frame(1, text.subarray(0, half), { fin: false }),
        frame(9, Buffer.from("x")),
        frame(0, text.subarray(half)),
      ],
      () => [...text].map((byte, i) => frame(i === 0 ? 1 : 0, Buffer.from([byte]), { fin: i === text.length - 1 })),
      () => [frame(1, text.subarray(0, half), { fin: false }), frame(1, text)],
      () => [frame(0, text)],
      () => [frame(1, text, { masked: false })],
      () => [frame(1, text, { rsv: 4 })],
      () => [frame(chance.pick([3, 4, 5, 6, 7, 11, 12, 15]), text)],
      () => [frame(2, text)],
      () => [frame(1, Buffer.from([0xff, 0xfe, 0xc3, 0x28]))],
      () => [frame(1, Buffer.from("😀").subarray(0, 2), { fin: false }), frame(0, Buffer.from("😀").subarray(2))],
      () => [frame(9, Buffer.alloc(126))],
      () => [frame(9, Buffer.alloc(20), { fin: false })],
      () => [frame(10, Buffer.from("unasked"))],
      () => Array.from({ length: 50 }, () => frame(9, Buffer.from("p"))),
      () => [frame(8, Buffer.alloc(0))],
      () => [frame(8, Buffer.from([0x03]))],
      () => [frame(8, Buffer.from([0x00, 0x00]))],
      () => [frame(8, Buffer.from([0x03, 0xed]))],
      () => [frame(8, Buffer.concat([Buffer.from([0x03, 0xe8]), Buffer.from([0xff, 0xff])]))],
      () => [frame(1, text, { claimed: 1_000 }).subarray(0, 30)],
      () => [frame(1, text, { claimed: 2 ** 40 })],
      () => [frame(1, Buffer.alloc(70_000, 97))],
      () => [frame(1, text).subarray(0, 3)],
      () => [Buffer.from(Array.from({ length: 60 }, () => Math.floor(chance.between(0, 256))))],
    ] as (() => Buffer[])[])();
  }
}

interface Form {
  fin?: boolean;
  masked?: boolean;
  rsv?: number;
  /** The length that its head states, where it is another one. */
  claimed?: number;
}

function frame(
  opcode: number,
  payload: Buffer,
  { fin = true, masked = true, rsv = 0, claimed = payload.length }: Form = {},
): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const length =
    claimed < 126
      ? Buffer.from([claimed])
      : claimed < 65_536
        ? Buffer.from([126, claimed >> 8, claimed & 255])
        : Buffer.concat([Buffer.from([127]), bigEndian(claimed)]);
  length[0]! |= masked ? 0x80 : 0;
  const content = masked ? Buffer.from(payload.map((byte, i) => byte ^ mask[i % 4]!)) : payload;
  return Buffer.concat([
    Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]),
    length,
    ...(masked ? [mask] : []),
    content,
  ]);
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
