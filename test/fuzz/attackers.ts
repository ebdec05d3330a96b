// The accounts that attackers use, and the tokens they show: their own, each other's, ended ones, forged ones and none.
import { arrange, asUser, call, logIn, newName, PASSWORD } from "../support/client.ts";
import type { Chance } from "../support/random.ts";

export interface Attacker {
  id: number;
  username: string;
  email: string;
  token: string;
  /** Requests that it has made. */
  used: number;
}

// An account that has thousands of groups slows down the fuzzer, and shows no leak.
const USES = 6_000;
const ENDED_KEPT = 20;

export class Attackers {
  readonly all: Attacker[] = [];
  private readonly ended: string[] = [];
  private renewing: Promise<void> | null = null;
  registered = 0;

  constructor(private readonly url: string) {}

  async open(count: number) {
    for (let n = 0; n < count; n++) this.all.push(await this.newAttacker());
  }

  pick = (chance: Chance): Attacker => chance.pick(this.all);

  /** What an Authorization header holds, and whether the attacker's own session is in it. */
  credential(attacker: Attacker, chance: Chance): { header: string | null; isOwn: boolean } {
    const kind = chance.next();
    if (kind < 0.78) return { header: `Bearer ${attacker.token}`, isOwn: true };
    if (kind < 0.83) return { header: `Bearer ${this.pick(chance).token}`, isOwn: false };
    if (kind < 0.9) return { header: null, isOwn: false };
    if (kind < 0.93 && this.ended.length > 0) return { header: `Bearer ${chance.pick(this.ended)}`, isOwn: false };
    return { header: chance.pick(FORGERIES)(attacker, chance), isOwn: false };
  }

  /** A token that belongs to nobody, for sockets. */
  forged = (attacker: Attacker, chance: Chance) =>
    chance
      .pick(FORGERIES)(attacker, chance)
      .replace(/^Bearer /, "");

  /** After a while another account takes its place. */
  async use(attacker: Attacker) {
    attacker.used++;
    if (attacker.used === USES) await this.replace(attacker);
  }

  /** After its session has ended: a new one, or another account where the password is not what it was. */
  async revive(attacker: Attacker, token: string) {
    if (attacker.token !== token) return;
    await this.renewing;
    if (attacker.token !== token) return;
    this.renewing = this.renew(attacker).finally(() => {
      this.renewing = null;
    });
    await this.renewing;
  }

  private async renew(attacker: Attacker) {
    this.ended.push(attacker.token);
    if (this.ended.length > ENDED_KEPT) this.ended.shift();
    const token = await logIn(this.url, attacker.username).catch(() => null);
    if (token === null) return this.replace(attacker);
    attacker.token = token;
  }

  private async replace(attacker: Attacker) {
    Object.assign(attacker, await this.newAttacker());
  }

  private async newAttacker(): Promise<Attacker> {
    const username = `att_${newName()}`;
    const email = `${username}@example.com`;
    const { body } = await arrange(() => call(this.url, "POST", "/register", { username, email, password: PASSWORD }));
    this.registered++;
    return { id: body.user.id, username, email, token: await logIn(this.url, username), used: 0 };
  }

  client = (attacker: Attacker) => asUser(this.url, attacker.token);
}

const base64 = (part: unknown) =>
  Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "e30", "base64url").toString());

/** What no server may take for a session. */
const FORGERIES: ((attacker: Attacker, chance: Chance) => string)[] = [
  ({ token }) => `Bearer ${base64({ alg: "none", typ: "JWT" })}.${token.split(".")[1]}.`,
  ({ token }) => `Bearer ${base64({ alg: "HS512", typ: "JWT" })}.${token.split(".").slice(1).join(".")}`,
  ({ token }) => `Bearer ${token.split(".").slice(0, 2).join(".")}.${"A".repeat(43)}`,
  ({ token, id }) => {
    const [head, , signature] = token.split(".");
    return `Bearer ${head}.${base64({ ...claimsOf(token), sub: String(id - 1) })}.${signature}`;
  },
  ({ token }) => `Bearer ${token}x`,
  ({ token }) => `Bearer ${token.slice(0, -4)}`,
  ({ token }) => `bearer    ${token.slice(5)}`,
  ({ token }) => `Basic ${btoa(`user:${token.slice(9)}`)}`,
  () => "Bearer",
  () => "Bearer null",
  () => `Bearer ${"a".repeat(9_000)}`,
  () => "Bearer ..",
  () => `Bearer ${base64({ alg: "HS256", kid: "../../dev/null" })}.e30.e30`,
  () => "Bearer a.b.c, Bearer d.e.f",
  (_, chance) => `Bearer ${base64({ alg: "HS256" })}.${base64({ sub: 1, exp: 9e15, jti: chance.next() })}.x`,
];
