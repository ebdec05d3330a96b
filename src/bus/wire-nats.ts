// The wire over NATS. A broker that is unavailable stops neither the start nor a running server: the wire connects when it can, and says
// by `isUp` that meanwhile others must be told by other means. Loaded only when BUS_URL is set.
import type { ConnectionOptions, NatsConnection, Status } from "@nats-io/transport-node";
import type { Subject, Wire, WireListener } from "./wire.ts";

const MAX_LENGTH = 256 * 1024;
// A broker that stands still is noticed after two intervals.
const PING_MS = 2_000;
const MAX_PINGS_OUT = 2;
const CONNECT_TIMEOUT_MS = 2_000;
const RETRY_MS = 250;
// Of what a broker that stands still has not taken yet; beyond it payloads are dropped, and read from the database.
const MAX_UNACKNOWLEDGED = 32 * 1024 * 1024;
// Of what was sent before the broker is asked whether it has taken it: a round trip for each turn would cost as much as the bundles.
const ACKNOWLEDGED_AT_ONCE = 1024 * 1024;

export interface NatsAddress {
  /** As `host:port`. */
  servers: string[];
  /** Whether an unencrypted connection is refused. */
  isTls: boolean;
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  /** The content of a credentials file. */
  credentials?: string | undefined;
}

export interface NatsWireParts {
  address: NatsAddress;
  prefix: string;
  /** Shown by the broker's monitoring. */
  name: string;
  log: { info(message: string): void; warn(fields: object, message: string): void };
  /** The error that stops the start, with a sentence for the operator. */
  refusal(sentence: string): Error;
}

type Client = typeof import("@nats-io/transport-node");

export class NatsWire implements Wire {
  /** Payloads that were not sent: the broker was unavailable, or too far behind. */
  dropped = 0;
  private client!: Client;
  private listener!: WireListener;
  private connection: NatsConnection | null = null;
  private up = false;
  private isClosed = false;
  private unacknowledged = 0;
  private isFlushing = false;
  /** The subscription that the broker has refused. */
  private refused: Error | null = null;
  private lastWarning = "";

  constructor(private readonly parts: NatsWireParts) {}

  get maxLength() {
    return Math.min(MAX_LENGTH, this.connection?.info?.max_payload ?? MAX_LENGTH);
  }

  get isUp() {
    return this.up;
  }

  /**
   * Resolves also when no broker can be reached: it is then tried again until `close`, and the listener is told of the gap. Throws the
   * refusal when the package is missing, and for what waiting does not help (obstacleIn).
   */
  async start(listener: WireListener): Promise<void> {
    this.listener = listener;
    this.client = await import("@nats-io/transport-node").catch(() => {
      throw this.parts.refusal(
        "BUS_URL needs the package @nats-io/transport-node, which is not installed: install it with `bun install`, without leaving out optional dependencies.",
      );
    });
    this.requireCredentials();
    try {
      await this.connect();
    } catch (error) {
      const obstacle = this.obstacleIn(error);
      if (obstacle) throw this.parts.refusal(obstacle);
      this.parts.log.warn({}, "the bus can't be reached; it is tried again");
      void this.keepTrying();
    }
  }

  send(subject: Subject, payload: string) {
    const { connection } = this;
    if (!this.up || !connection || this.unacknowledged > MAX_UNACKNOWLEDGED) {
      this.dropped++;
      return;
    }
    try {
      connection.publish(`${this.parts.prefix}.${subject}`, payload);
    } catch {
      // Closing, or larger than the broker takes.
      this.dropped++;
      return;
    }
    this.unacknowledged += payload.length;
    if (this.unacknowledged > ACKNOWLEDGED_AT_ONCE && !this.isFlushing) void this.acknowledge(connection);
  }

  async close() {
    this.isClosed = true;
    this.up = false;
    const { connection } = this;
    if (!connection) return;
    // What was sent last still goes out, unless the broker stands still.
    await Promise.race([connection.flush().catch(() => {}), Bun.sleep(RETRY_MS)]);
    await connection.close().catch(() => {});
  }

  private async connect() {
    const connection = await this.client.connect(this.options());
    this.connection = connection;
    void this.watch(connection);
    const { prefix } = this.parts;
    const callback = (error: Error | null, message: { string(): string }) => {
      if (error) {
        this.refused = error;
        return;
      }
      if (this.isClosed) return;
      this.listener.onPayload(message.string());
    };
    for (const kind of ["l", "u"]) connection.subscribe(`${prefix}.${kind}.*`, { callback });
    try {
      await connection.flush();
      if (this.refused) throw this.refused;
    } catch (error) {
      this.connection = null;
      await connection.close().catch(() => {});
      throw error;
    }
    if (this.isClosed) await connection.close().catch(() => {});
    else this.up = true;
  }

  /** Until the first connection; from then on the client reconnects by itself. */
  private async keepTrying() {
    while (!this.isClosed && !this.connection) {
      await Bun.sleep(RETRY_MS);
      await this.connect().then(
        () => this.onReconnect(),
        (error) => this.onRefusal(error),
      );
    }
  }

  private onRefusal(error: unknown) {
    const obstacle = this.obstacleIn(error);
    this.refused = null;
    if (obstacle) this.warnOnce({}, obstacle);
  }

  /** Not again at each attempt. */
  private warnOnce(fields: object, text: string) {
    const warning = JSON.stringify([fields, text]);
    if (warning !== this.lastWarning) this.parts.log.warn(fields, text);
    this.lastWarning = warning;
  }

  private requireCredentials() {
    const { credentials } = this.parts.address;
    if (credentials === undefined) return;
    try {
      this.authenticate(credentials)("nonce");
    } catch {
      throw this.parts.refusal(
        "The file of BUS_CREDENTIALS holds no credentials of NATS (a JWT and a seed, as nsc writes them).",
      );
    }
  }

  private authenticate(credentials: string) {
    return this.client.credsAuthenticator(new TextEncoder().encode(credentials));
  }

  /** What an operator has to mend, in a sentence that repeats no secret; null for a broker that is unavailable. */
  private obstacleIn(error: unknown): string | null {
    const { prefix } = this.parts;
    const { code, message } = error as { code?: unknown; message?: string };
    if (error instanceof this.client.errors.AuthorizationError)
      return "The NATS server of BUS_URL refuses the user, token or credentials: compare them with its configuration.";
    if (this.refused)
      return `The NATS server of BUS_URL does not let this user subscribe to ${prefix}.l.* and ${prefix}.u.*: allow it, and publishing there.`;
    if (typeof code === "string" && /CERT|ISSUER|SIGNATURE|HOSTNAME/.test(code))
      return `The certificate of the NATS server of BUS_URL is not accepted (${code}): name its authority's file in NODE_EXTRA_CA_CERTS, and the server as its certificate does.`;
    if (message?.includes("does not support 'tls'"))
      return "The NATS server of BUS_URL offers no TLS: turn it on there, or write nats:// in place of tls://.";
    return null;
  }

  private onReconnect() {
    if (!this.up) return;
    this.lastWarning = "";
    this.parts.log.info("the bus is connected");
    this.listener.onGap();
  }

  private options(): ConnectionOptions {
    const { address, name } = this.parts;
    const { user, password, token, credentials } = address;
    return {
      servers: address.servers,
      name,
      noEcho: true,
      pingInterval: PING_MS,
      maxPingOut: MAX_PINGS_OUT,
      timeout: CONNECT_TIMEOUT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RETRY_MS,
      ignoreAuthErrorAbort: true,
      ...(address.isTls && { tls: {} }),
      ...(user !== undefined && { user, pass: password ?? "" }),
      ...(token !== undefined && { token }),
      ...(credentials !== undefined && {
        authenticator: this.authenticate(credentials),
      }),
    };
  }

  private async watch(connection: NatsConnection) {
    for await (const status of connection.status()) {
      if (this.isClosed || this.connection !== connection) continue;
      await this.onStatus(connection, status);
    }
  }

  private async onStatus(connection: NatsConnection, status: Status) {
    switch (status.type) {
      case "disconnect":
      case "staleConnection":
        if (this.up) this.parts.log.warn({ reason: status.type }, "the bus is unavailable");
        this.up = false;
        break;
      case "reconnect":
        // The client has sent its subscriptions anew; the broker has them when it has answered.
        if (
          !(await connection.flush().then(
            () => true,
            () => false,
          ))
        )
          break;
        if (this.isClosed) break;
        this.up = true;
        this.onReconnect();
        break;
      case "slowConsumer":
        this.listener.onGap();
        break;
      case "error":
        this.warnOnce({ reason: status.error.name }, "the bus reports an error");
        break;
    }
  }

  /** Counts down what the broker has taken, a round trip at a time. */
  private async acknowledge(connection: NatsConnection) {
    this.isFlushing = true;
    while (this.unacknowledged > ACKNOWLEDGED_AT_ONCE) {
      const sent = this.unacknowledged;
      try {
        await connection.flush();
        this.unacknowledged -= sent;
      } catch {
        // Disconnected: the client forgets what it had not sent.
        this.unacknowledged = 0;
      }
    }
    this.isFlushing = false;
  }
}
