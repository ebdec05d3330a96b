// Argon2id in threads of its own at the lowest priority: each hash takes memory and a core for some 40 ms, and messages come first.
// Callers with few recent requests go before those with many, and known devices before everyone else.
import { availableParallelism } from "node:os";
import { ChatError } from "../../lib/errors.ts";
import { type Claim, FairQueue } from "../../lib/fair-queue.ts";
import { programModule } from "../../lib/program.ts";
import { tooManyLogins } from "../../protocol/refusals.ts";
import { ARGON2, type HashJob, type HashResult } from "./hash-jobs.ts";

// One core stays free for messages. Four threads check a hundred passwords a second, which is plenty for one server.
const THREADS = Math.min(4, Math.max(1, availableParallelism() - 1));
// At some 40 ms each the last one waits about two seconds; beyond that a refusal is better.
const MAX_WAITING = 50;

/** What every hash costs that is made from now on. Only tests change it, whose hashes guard nothing. */
export const hashing = { cost: ARGON2 };

const queue = new FairQueue(THREADS, MAX_WAITING, () => new ChatError(tooManyLogins));

const randomText = (bytes: number) =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(bytes)))
    .toString("base64")
    .replaceAll("=", "");
/** Checked when there is no such user, so that it takes as long as for one who exists. No password matches it. */
const decoyText = `${randomText(32)}$${randomText(32)}`;
const decoy = ({ memoryCost, timeCost } = hashing.cost) =>
  `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=1$${decoyText}`;

/** A PHC string of the password in NFC. Throws `slow_down` when too many hashes are waiting. */
export const hashPassword = (password: string, claim: Claim): Promise<string> =>
  queue.run(claim, () => work({ password: password.normalize("NFC"), cost: hashing.cost }) as Promise<string>);

/**
 * Whether the password matches the hash, in NFC or as it was typed (hashes from before NFC); null (no such user) takes as long and
 * is false. Throws `slow_down` as above.
 */
export async function verifyPassword(password: string, hash: string | null, claim: Claim): Promise<boolean> {
  const forms = [...new Set([password.normalize("NFC"), password])];
  return (await queue.run(claim, () => work({ forms, hash: hash ?? decoy() }))) === true && hash !== null;
}

const idle: Worker[] = [];

/** Runs a job in a thread; the queue limits them to THREADS. */
async function work(job: HashJob): Promise<string | boolean> {
  const thread = idle.pop() ?? new Worker(programModule("src/modules/accounts/hash-worker.ts"));
  // A running job keeps the process alive, an idle thread does not.
  thread.ref();
  const result = await new Promise<HashResult>((resolve, reject) => {
    thread.onmessage = ({ data }: MessageEvent<HashResult>) => resolve(data);
    thread.onerror = ({ message }) => reject(new Error(`hashing failed: ${message}`));
    thread.postMessage(job);
  }).catch((error) => {
    thread.terminate();
    throw error;
  });
  thread.unref();
  idle.push(thread);
  if ("error" in result) throw new Error(result.error);
  return result.value;
}
