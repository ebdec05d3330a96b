// Who else signs for people here: the issuers of the setting, and those that were added at run time. While tokens come that have not
// been seen, every server reads the latter anew within seconds.
import type { JWTVerifyGetKey } from "jose";
import type { Core } from "../../core.ts";
import { type StoredIssuer, tokenIssuers } from "../../db/schema.ts";
import { unseal } from "../../lib/sealed.ts";
import { type TokenIssuer, toIssuer } from "../../lib/token-issuers.ts";
import { RemoteKeys } from "../../sessions/issuer-keys.ts";

type Parts = Pick<Core, "config" | "db" | "log">;

/** How long what was read is used; whoever stores a session asks whether it still stands (admission.ts). */
const RECHECK_MS = 5_000;

export interface KnownIssuer {
  issuer: TokenIssuer;
  findKey: JWTVerifyGetKey;
  /** When it was last changed; null of one of the setting. */
  version: string | null;
}

/** As whom its secret is sealed. */
export const sealedFor = (name: string) => `issuer ${name}`;

/** One as it is stored, ready for use; null when its secret can't be opened, or it does not hold what this version expects. */
export function fromStored(config: Core["config"], name: string, setting: StoredIssuer): TokenIssuer | null {
  const { sealed, ...fields } = setting;
  const secret = sealed === undefined ? undefined : unseal(config, sealedFor(name), sealed)?.text;
  if (sealed !== undefined && secret === undefined) return null;
  try {
    return toIssuer({ name, ...fields, ...(secret !== undefined && { secret }) });
  } catch {
    return null;
  }
}

export class IssuerRegistry {
  private known = new Map<string, KnownIssuer>();
  /** By name and address: keys that were read are kept. */
  private remote = new Map<string, RemoteKeys>();
  private readAt = Number.NEGATIVE_INFINITY;
  private generation = 0;
  private reading: Promise<void> | null = null;

  constructor(private readonly parts: Parts) {}

  /** The issuer with this claim `iss`, if there is one. */
  async find(iss: string): Promise<KnownIssuer | undefined> {
    while (this.readAt + RECHECK_MS < performance.now()) {
      this.reading ??= this.read().finally(() => {
        this.reading = null;
      });
      await this.reading;
    }
    return this.known.get(iss);
  }

  /** What was read does not stand any more; nor does what is being read. */
  invalidate() {
    this.readAt = Number.NEGATIVE_INFINITY;
    this.generation++;
  }

  private async read() {
    const { config, db, log } = this.parts;
    const { generation } = this;
    const readAt = performance.now();
    const rows = await db.select().from(tokenIssuers);
    const remote = new Map<string, RemoteKeys>();
    const known = new Map<string, KnownIssuer>();
    const add = (issuer: TokenIssuer, version: string | null) => {
      const { keys, name } = issuer;
      if ("key" in keys) {
        known.set(issuer.issuer, { issuer, version, findKey: async () => keys.key });
        return;
      }
      const id = `${name} ${keys.url}`;
      const found = this.remote.get(id) ?? new RemoteKeys({ name, log, ...keys });
      remote.set(id, found);
      known.set(issuer.issuer, { issuer, version, findKey: found.find });
    };
    // The setting counts, whatever was stored before it named the same.
    const isFixed = (name: string) => config.tokenIssuers.some((issuer) => issuer.name === name);
    for (const { name, setting, updatedAt } of rows) {
      if (isFixed(name)) continue;
      const issuer = fromStored(config, name, setting);
      if (issuer) add(issuer, updatedAt);
      else
        log.warn({ issuer: name }, "an issuer of tokens can't be used: its secret was sealed with another JWT_SECRET");
    }
    for (const issuer of config.tokenIssuers) add(issuer, null);
    this.known = known;
    this.remote = remote;
    // Else the next token reads them again.
    if (generation === this.generation) this.readAt = readAt;
  }
}
