// Loaded before a server whose passwords guard nothing: hashing at the real cost is most of what a test of something else would take,
// and on a busy machine its threads, which have the lowest priority, may not have their turn within what a client waits.
import type { HashCost } from "../../src/modules/accounts/hash-jobs.ts";
import { hashing } from "../../src/modules/accounts/passwords.ts";

export const CHEAP: HashCost = { algorithm: "argon2id", memoryCost: 8, timeCost: 1 };

hashing.cost = CHEAP;
