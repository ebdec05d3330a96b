// The setting TOKEN_ISSUERS: what is taken, and what an operator reads who got it wrong.
import { describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { readConfig } from "../../src/config.ts";
import { mayConnect } from "../../src/lib/network.ts";
import { parseTokenIssuers } from "../../src/lib/token-issuers.ts";

const pem = (type: "rsa" | "ec" | "ed25519" | "x25519", options: object = {}) =>
  generateKeyPairSync(type as "rsa", { modulusLength: 2048, ...options }).publicKey.export({
    type: "spki",
    format: "pem",
  });
const SECRET = "a secret of the tests, that stays one";
const BASE = { name: "acme", issuer: "https://acme.example.com", audience: "chat" };
const JWKS = { ...BASE, jwks_url: "https://acme.example.com/jwks.json", algorithms: ["ES256", "RS256"] };
const parse = (...issuers: unknown[]) => parseTokenIssuers(JSON.stringify(issuers));

describe("TOKEN_ISSUERS takes", () => {
  test.each([
    ["keys at an address", JWKS],
    ["keys on this machine", { ...JWKS, jwks_url: "http://localhost:3000/jwks.json" }],
    ["a secret", { ...BASE, secret: SECRET, algorithms: ["HS256"] }],
    ["an RSA key", { ...BASE, public_key: pem("rsa"), algorithms: ["RS256", "PS256"] }],
    ["a P-256 key", { ...BASE, public_key: pem("ec", { namedCurve: "P-256" }), algorithms: ["ES256"] }],
    ["an Ed25519 key", { ...BASE, public_key: pem("ed25519"), algorithms: ["EdDSA"] }],
  ])("%s", (_what, issuer) => {
    const [parsed] = readConfig({ TOKEN_ISSUERS: JSON.stringify([issuer]) }).tokenIssuers;
    expect(parsed).toMatchObject({ name: "acme", audience: "chat", claims: { id: "sub" }, create: true });
  });
});

describe("TOKEN_ISSUERS says what is wrong with", () => {
  test.each([
    ["no JSON", "{", "expected JSON"],
    ["no list", "{}", "expected a list"],
    ["a field that is missing", [{ ...JWKS, audience: undefined }], "issuer 1, audience"],
    ["a field that there is not", [{ ...JWKS, jwks: "x" }], "issuer 1, jwks"],
    ["a name that could be an id", [{ ...JWKS, name: "42" }], "issuer 1, name"],
    ["two of one name", [JWKS, { ...JWKS, issuer: "https://b.example.com" }], "the same name"],
    ["two of one issuer", [JWKS, { ...JWKS, name: "other" }], "the same issuer"],
    ["our own issuer", [{ ...JWKS, issuer: "realtime-chat" }], "this server's own tokens"],
    ["no key", [{ ...BASE, algorithms: ["ES256"] }], "expected one of jwks_url, public_key and secret"],
    ["two keys", [{ ...JWKS, secret: SECRET }], "expected one of jwks_url, public_key and secret"],
    ["no algorithms", [{ ...JWKS, algorithms: [] }], "issuer 1, algorithms"],
    ["`none`", [{ ...JWKS, algorithms: ["none"] }], "algorithms may hold RS256"],
    ["HS256 for a key pair", [{ ...JWKS, algorithms: ["ES256", "HS256"] }], "algorithms may hold RS256"],
    ["ES256 for an RSA key", [{ ...BASE, public_key: pem("rsa"), algorithms: ["ES256"] }], "algorithms may hold RS256"],
    ["RS256 for a secret", [{ ...BASE, secret: SECRET, algorithms: ["RS256"] }], "algorithms may hold HS256"],
    ["a short secret", [{ ...BASE, secret: "short", algorithms: ["HS256"] }], "secret must have 32"],
    ["a short key", [{ ...BASE, public_key: pem("rsa", { modulusLength: 1024 }), algorithms: ["RS256"] }], "2048 bits"],
    ["a key of another kind", [{ ...BASE, public_key: pem("x25519"), algorithms: ["ES256"] }], "public_key must be of"],
    ["no key at all", [{ ...BASE, public_key: "MIIB", algorithms: ["RS256"] }], "public_key must be PEM"],
    [
      "a private key",
      [{ ...BASE, public_key: "-----BEGIN PRIVATE KEY-----", algorithms: ["RS256"] }],
      "is a private key",
    ],
    ["plain HTTP", [{ ...JWKS, jwks_url: "http://acme.example.com/jwks.json" }], "jwks_url must be an https://"],
    ["no address", [{ ...JWKS, jwks_url: "jwks.json" }], "jwks_url must be an https://"],
    ["a password in the address", [{ ...JWKS, jwks_url: "https://a:b@acme.example.com/" }], "must not hold a password"],
  ])("%s, and repeats no value", (_what, value, sentence) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const read = () => readConfig({ TOKEN_ISSUERS: text });
    expect(read).toThrow(/^TOKEN_ISSUERS is not valid: .*\.$/);
    expect(read).toThrow(sentence);
    expect(read).not.toThrow(SECRET);
  });

  test("nothing: unset, it takes nobody's tokens", () => {
    expect(readConfig({}).tokenIssuers).toEqual([]);
    expect(parse()).toEqual([]);
  });
});

describe("addresses that others name", () => {
  test.each([
    ["8.8.8.8", true, true],
    ["2606:4700::1111", true, true],
    ["127.0.0.1", false, true],
    ["10.1.2.3", false, true],
    ["172.16.0.1", false, true],
    ["192.168.1.1", false, true],
    ["100.64.0.1", false, true],
    ["::1", false, true],
    ["fd00::1", false, true],
    ["::ffff:10.0.0.1", false, true],
    ["169.254.169.254", false, false],
    ["::ffff:169.254.169.254", false, false],
    ["fe80::1", false, false],
    ["64:ff9b::a00:1", false, false],
    ["2002:a00:1::", false, false],
    ["0.0.0.0", false, false],
    ["224.0.0.1", false, false],
    ["255.255.255.255", false, false],
    ["localhost", false, false],
  ])("%s", (address, byDefault, withPrivate) => {
    expect(mayConnect(address)).toBe(byDefault);
    expect(mayConnect(address, true)).toBe(withPrivate);
  });
});
