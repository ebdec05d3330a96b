// Frames to the sockets of the AsyncAPI document; whatever comes back is held against it.
import type { Chance } from "../support/random.ts";
import type { Channel, Json } from "./documents.ts";
import type { Attack } from "./http-attack.ts";
import { spoil } from "./requests.ts";
import { toJson, type Values } from "./values.ts";

// Within what may be in flight on a socket.
const BATCH = 24;
const BATCHES = 12;
// What the server sends on its own closes.
const OWN_CODES = new Set([1000, 1005, 1006, 1002, 1003, 1007, 1009]);

export class SocketAttack {
  private readonly channels: Channel[];
  private refs = 0;

  constructor(
    private readonly attack: Attack,
    private readonly values: Values,
    only: RegExp | null,
  ) {
    this.channels = attack.documents.channels
      .map((channel) => ({ ...channel, commands: channel.commands.filter(({ type }) => !only || only.test(type)) }))
      .filter(({ commands }) => commands.length > 0);
  }

  get isEmpty() {
    return this.channels.length === 0;
  }

  /** A connection with up to `most` frames; returns how many were sent. */
  async once(chance: Chance, most: number): Promise<number> {
    const { attack } = this;
    const attacker = attack.attackers.pick(chance);
    const { token } = attacker;
    const channel = chance.pick(this.channels);
    const room = channel.address.includes("groups") ? "group" : "conversation";
    const path = channel.address.replace(/\{\w+\}/, () =>
      chance.happens(0.05)
        ? encodeURIComponent(this.values.nasty(chance).toWellFormed()) || "0"
        : String(attack.ids.pick(room, chance)),
    );
    const isForged = chance.happens(0.06);
    const shown = isForged ? attack.attackers.forged(attacker, chance) : token;
    const how = chance.pick(["query", "header", "frame"] as const);
    const query = [
      ...(how === "query" ? [`token=${encodeURIComponent(shown)}`] : []),
      ...(chance.happens(0.1) ? ["resume=1"] : []),
    ].join("&");
    const socket = new WebSocket(`${attack.url.replace("http", "ws")}${path}?${query}`, {
      headers: how === "header" ? { authorization: `Bearer ${shown.replace(/[^\x21-\x7e]/g, "?")}` } : {},
    } as never);
    const open = Promise.withResolvers<boolean>();
    let isClosed = false;
    let wake = () => {};
    const waiting = new Set<string>();
    socket.onopen = () => open.resolve(true);
    socket.onerror = () => open.resolve(false);
    socket.onclose = ({ code, reason }) => {
      isClosed = true;
      open.resolve(false);
      wake();
      attack.ledger.count(`closed with ${code}${reason ? ` ${reason}` : ""}`);
      if (!attack.documents.closeCodes.has(code) && !OWN_CODES.has(code))
        attack.ledger.report("not as documented", `closed with ${code}`, { path, reason });
      if (reason === "unauthorized" && !isForged) void attack.attackers.revive(attacker, token).catch(() => {});
    };
    socket.onmessage = ({ data }) => {
      const frame = this.check(channel.name, String(data));
      if (frame?.ref !== undefined && waiting.delete(frame.ref)) wake();
    };
    if (!(await open.promise)) return 1;
    let sent = 0;
    if (how === "frame") {
      socket.send(JSON.stringify({ type: "auth", token: shown }));
      sent++;
    }
    for (let batch = 0; batch < BATCHES && !isClosed && sent < most; batch++) {
      for (let n = 0; n < BATCH && !isClosed; n++, sent++) {
        const frame = this.frame(channel, chance);
        if (frame.ref !== null) waiting.add(frame.ref);
        socket.send(frame.content);
      }
      // What is sent last says that what came before was read.
      const ref = `ping-${++this.refs}`;
      waiting.add(ref);
      if (!isClosed) socket.send(JSON.stringify({ type: "ping", ref }));
      sent++;
      const isAnswered = () => waiting.size === 0 || isClosed || attack.hasEnded();
      const deadline = performance.now() + attack.answerLimitMs;
      while (!isAnswered() && performance.now() < deadline) {
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), Bun.sleep(1_000)]);
      }
      if (!isAnswered()) {
        attack.ledger.report("not answered", `a command on the ${channel.name} socket`, { refs: [...waiting], path });
        break;
      }
    }
    if (!isClosed) {
      if (chance.happens(0.5)) socket.close();
      else socket.terminate();
    }
    await attack.attackers.use(attacker);
    return sent;
  }

  /** A frame, and the `ref` that it must be answered under; null where it has none that counts. */
  private frame(channel: Channel, chance: Chance): { content: string | Uint8Array<ArrayBuffer>; ref: string | null } {
    const { ledger } = this.attack;
    const { type, schema } = chance.pick(channel.commands);
    // One's own session is kept, so that what follows it means something.
    const mode =
      type === "auth" && !chance.happens(0.1)
        ? "nearly valid"
        : chance.weighted({ valid: 40, "nearly valid": 35, hostile: 25 });
    ledger.try(`${type}, ${mode}`);
    if (mode === "hostile") return { content: this.hostile(channel, chance), ref: null };
    const value =
      mode === "valid" ? this.values.valid(schema, type, chance) : this.values.nearlyValid(schema, type, chance);
    if (typeof value !== "object" || value === null || mode !== "valid") return { content: toJson(value), ref: null };
    const ref = `r${++this.refs}`;
    return { content: toJson({ ...value, ref }), ref };
  }

  private hostile(channel: Channel, chance: Chance): string | Uint8Array<ArrayBuffer> {
    const { type, schema } = chance.pick(channel.commands);
    const how = chance.next();
    if (how < 0.3) return toJson(this.values.hostile(chance));
    if (how < 0.35) return new Uint8Array(Buffer.from(toJson(this.values.valid(schema, type, chance))));
    if (how < 0.45)
      return toJson({
        ...(this.values.valid(schema, type, chance) as object),
        [chance.pick(["type", "ref", "data", "group_id", "conversation_id"])]: this.values.hostile(chance),
      });
    const text = spoil(toJson(this.values.valid(schema, type, chance)), chance);
    // One that is too large closes the socket: not every time, or little else would be tried.
    const isLong = text.length > 16_000;
    return isLong && chance.happens(0.97) ? text.slice(0, 2_000) : text;
  }

  private check(channel: string, text: string): Json {
    const { ledger, documents, secret } = this.attack;
    const example = () => ({ channel, frame: text.slice(0, 1_000) });
    if (text.includes(secret))
      ledger.report("private seen by outsiders", `a frame on the ${channel} socket`, example());
    let frame: Json;
    try {
      frame = JSON.parse(text);
    } catch {
      ledger.report("not as documented", "a frame that is not JSON", example());
      return null;
    }
    if (frame.type === "ack" || frame.type === "error")
      ledger.count(frame.type === "ack" ? "ack" : `error ${frame.code}`);
    if (frame.code === "unavailable") ledger.unavailable(`the ${channel} socket`, example());
    if (frame.code === "internal") ledger.report("server error", `${frame.code} on the ${channel} socket`, example());
    const flaw = documents.flawOfFrame(channel, frame);
    if (flaw) ledger.report("not as documented", `${channel}: ${flaw.slice(0, 120)}`, { ...example(), flaw });
    return frame;
  }
}
