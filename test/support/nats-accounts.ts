// Accounts of a NATS server by signed tokens, as `nsc` makes them: an operator, one account, and users with a credentials file each.
import { nkeys } from "@nats-io/transport-node";

type KeyPair = ReturnType<typeof nkeys.createUser>;

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token of NATS about `subject`, signed by `issuer`. */
function sign(issuer: KeyPair, subject: KeyPair, name: string, nats: object): string {
  const claims = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1_000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name,
    nats: { ...nats, version: 2 },
  };
  const text = `${encode({ typ: "JWT", alg: "ed25519-nkey" })}.${encode(claims)}`;
  return `${text}.${Buffer.from(issuer.sign(Buffer.from(text))).toString("base64url")}`;
}

const NO_LIMIT = { subs: -1, data: -1, payload: -1 };

export class NatsAccounts {
  private readonly operator = nkeys.createOperator();
  private readonly account = nkeys.createAccount();

  /** For the configuration of the server. */
  get config(): string {
    const limits = { ...NO_LIMIT, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
    const account = sign(this.operator, this.account, "chat", { limits, type: "account" });
    return `operator: ${sign(this.operator, this.operator, "operator", { type: "operator" })}
      resolver: MEMORY
      resolver_preload: { ${this.account.getPublicKey()}: ${account} }`;
  }

  /** The content of a credentials file of a new user, who may do what `permissions` say. */
  newCredentials(permissions: object = {}): string {
    const user = nkeys.createUser();
    const token = sign(this.account, user, "server", { ...NO_LIMIT, ...permissions, type: "user" });
    const seed = new TextDecoder().decode(user.getSeed());
    return `-----BEGIN NATS USER JWT-----
${token}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------
`;
  }
}
