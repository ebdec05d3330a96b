// The messages between the server and its hashing threads.

// The parameters OWASP's Password Storage Cheat Sheet gives for argon2id: 19 MiB, two passes.
export const ARGON2: HashCost = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 };

/** As Bun.password takes it: `memoryCost` in KiB. */
export interface HashCost {
  algorithm: "argon2id";
  memoryCost: number;
  timeCost: number;
}

/** Hashes a password, or verifies several forms of one against a hash. */
export type HashJob = { password: string; cost: HashCost } | { forms: string[]; hash: string };
export type HashResult = { value: string | boolean } | { error: string };
