// Solves the challenge of a registration (ALTCHA, version 2). Loaded with the first one.
import { ChatError } from "./errors.ts";
import type { RegistrationChallenge } from "./wire.ts";

const toBytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

const toHex = (bytes: ArrayBuffer) =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * The proof, as a registration takes it: about a second of work, which the runtime does beside the page's own thread. Throws ChatError
 * `forbidden` where there is no WebCrypto: in pages without TLS.
 */
export async function solveChallenge(challenge: RegistrationChallenge): Promise<string> {
  const subtle = (globalThis.crypto as Partial<Crypto> | undefined)?.subtle;
  if (!subtle) throw new ChatError("forbidden", "Creating an account here needs a secure (HTTPS) connection.");
  const { nonce, salt, cost: iterations, keyLength, keyPrefix } = challenge.parameters;
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt: toBytes(salt), iterations };
  const password = toBytes(`${nonce}00000000`);
  const counterAt = new DataView(password.buffer, password.length - 4);
  for (let counter = 0; ; counter++) {
    counterAt.setUint32(0, counter);
    const key = await subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = toHex(await subtle.deriveBits(derivation, key, keyLength * 8));
    if (derivedKey.startsWith(keyPrefix)) return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
  }
}
