// The messages between the server and its hashing threads.

// The parameters OWASP's Password Storage Cheat Sheet gives for argon2id: 19 MiB, two passes.
export const ARGON2 = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;

/** Hashes a password, or verifies several forms of one against a hash. */
export type HashJob = { password: string } | { forms: string[]; hash: string };
export type HashResult = { value: string | boolean } | { error: string };
