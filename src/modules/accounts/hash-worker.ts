// A thread that hashes passwords, one at a time, at the lowest priority. Started by passwords.ts.
import { setPriority } from "node:os";
import type { HashJob, HashResult } from "./hash-jobs.ts";

declare const self: Worker;

// The scheduler gives a thread of this niceness what others leave over. On Linux it is the thread's own; elsewhere it would be the
// whole process's.
const NICENESS = 19;
try {
  if (process.platform === "linux") setPriority(0, NICENESS);
} catch {
  // A sandbox may forbid it: then hashing competes with the rest.
}

self.onmessage = ({ data }: MessageEvent<HashJob>) => self.postMessage(work(data));

function work(job: HashJob): HashResult {
  try {
    if ("password" in job) return { value: Bun.password.hashSync(job.password, job.cost) };
    return { value: job.forms.some((form) => Bun.password.verifySync(form, job.hash)) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
