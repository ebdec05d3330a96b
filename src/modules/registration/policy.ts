// Proof of work for registrations, against floods of them: a challenge that costs a device about a second, in ALTCHA's form. Loaded only
// where REGISTRATION_CHALLENGE asks for it.
import { createChallenge, verifySolution } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import type { Core } from "../../core.ts";
import { ChatError } from "../../lib/errors.ts";
import { CHALLENGE_SECONDS } from "../../protocol/limits.ts";
import { proofRequired } from "../../protocol/refusals.ts";
import type { RegistrationChallenge } from "../../protocol/registration.ts";

// 256 tries of some two milliseconds each, of which a server computes one. The tries run beside the page's own thread.
const DIFFICULTY = { algorithm: "PBKDF2/SHA-256", cost: 5_000, keyPrefix: "00" };

/** A key of its own, so that no signature of sessions is ever one of challenges. */
const keyOf = ({ jwtSecret }: Core["config"]) =>
  new Bun.CryptoHasher("sha256", jwtSecret).update("registration challenge").digest("hex");

/** A challenge that any server of the database accepts, for five minutes from `now` (in milliseconds) on. */
export async function newChallenge({ config }: Core, now = Date.now()): Promise<RegistrationChallenge> {
  const challenge = await createChallenge({
    ...DIFFICULTY,
    deriveKey,
    expiresAt: Math.floor(now / 1000) + CHALLENGE_SECONDS,
    hmacSignatureSecret: keyOf(config),
  });
  return challenge as RegistrationChallenge;
}

/** Before an account is created: throws `proof_required` where one is and `proof` is not, or is worthless. */
export async function requireProof(core: Core, proof: string | undefined): Promise<void> {
  const { registrationChallenge: mode } = core.config;
  // Counted whether or not there is a proof, so that a flood does not end by being met.
  const isRequired = mode === "always" || (mode === "floods" && (await core.limits.isFlood()));
  if (isRequired && !(proof !== undefined && (await isSolved(core, proof)))) throw new ChatError(proofRequired);
}

async function isSolved({ config, limits }: Core, proof: string): Promise<boolean> {
  const { challenge, solution } = parse(proof);
  try {
    const { verified } = await verifySolution({
      challenge,
      solution,
      deriveKey,
      hmacSignatureSecret: keyOf(config),
    });
    return verified && (await limits.isNewProof(challenge.signature));
  } catch {
    // Of another form than any solution.
    return false;
  }
}

type Proof = Pick<Parameters<typeof verifySolution>[0], "solution"> & { challenge: RegistrationChallenge };

function parse(proof: string): Proof {
  try {
    const { challenge, solution } = JSON.parse(Buffer.from(proof, "base64").toString());
    // Nothing of them is trusted before the signature is.
    return { challenge, solution };
  } catch {
    return { challenge: { parameters: {} }, solution: {} } as Proof;
  }
}
