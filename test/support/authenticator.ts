// A passkey's device in software, with its browser: real keys and signatures (ES256), and answers that can be wrong in any one place.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import type { Json } from "./client.ts";

const FLAGS = { present: 0x01, verified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40 };
const AAGUID = Buffer.alloc(16);

/** What an honest browser and device would have put there. */
export interface Lies {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  isUserVerified?: boolean;
  counter?: number;
  userHandle?: string | undefined;
  /** In place of the credential's own. */
  key?: KeyObject;
}

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest();
const base64url = (data: Uint8Array | string) => Buffer.from(data).toString("base64url");

export class Authenticator {
  readonly id = base64url(randomBytes(32));
  private readonly keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  private userHandle = "";
  counter = 0;

  /** `counts`: whether it counts its signatures, as security keys do and synced passkeys don't. */
  constructor(
    private readonly origin: string,
    private readonly counts = false,
  ) {}

  /** What `navigator.credentials.create` makes of the options, as JSON. */
  create(options: Json, lies: Lies = {}): Json {
    this.userHandle = options.user.id;
    const { x, y } = this.keys.publicKey.export({ format: "jwk" });
    const coordinate = (text: string | undefined) => new Uint8Array(Buffer.from(text!, "base64url"));
    const publicKey = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, coordinate(x)],
      [-3, coordinate(y)],
    ]);
    const id = Buffer.from(this.id, "base64url");
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const attested = Buffer.concat([AAGUID, length, id, isoCBOR.encode(publicKey)]);
    const authData = this.authData(lies.rpId ?? options.rp.id, lies, attested);
    const attestation = new Map<string, unknown>([
      ["fmt", "none"],
      ["attStmt", new Map()],
      ["authData", new Uint8Array(authData)],
    ]);
    return this.credential({
      clientDataJSON: this.clientData("webauthn.create", options.challenge, lies),
      attestationObject: base64url(isoCBOR.encode(attestation as never)),
      transports: ["internal"],
    });
  }

  /** What `navigator.credentials.get` makes of the options, as JSON. */
  get(options: Json, lies: Lies = {}): Json {
    if (this.counts) this.counter++;
    const authData = this.authData(lies.rpId ?? options.rpId, lies);
    const clientDataJSON = this.clientData("webauthn.get", options.challenge, lies);
    const signed = Buffer.concat([authData, sha256(Buffer.from(clientDataJSON, "base64url"))]);
    return this.credential({
      clientDataJSON,
      authenticatorData: base64url(authData),
      signature: base64url(sign("sha256", signed, lies.key ?? this.keys.privateKey)),
      ...("userHandle" in lies ? lies.userHandle && { userHandle: lies.userHandle } : { userHandle: this.userHandle }),
    });
  }

  private credential = (response: object): Json => ({ id: this.id, rawId: this.id, type: "public-key", response });

  private clientData = (type: string, challenge: string, lies: Lies) =>
    base64url(
      JSON.stringify({
        type: lies.type ?? type,
        challenge: lies.challenge ?? challenge,
        origin: lies.origin ?? this.origin,
        crossOrigin: false,
      }),
    );

  private authData(rpId: string, { isUserVerified = true, counter = this.counter }: Lies, attested?: Buffer) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const synced = this.counts ? 0 : FLAGS.backupEligible | FLAGS.backedUp;
    const flags = FLAGS.present | synced | (isUserVerified ? FLAGS.verified : 0) | (attested ? FLAGS.attested : 0);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, attested ?? Buffer.alloc(0)]);
  }
}
