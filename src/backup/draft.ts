// A directory that appears whole or not at all: it is filled beside its place and moved there at the end. One that a killed process has
// left behind is removed by the next.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isServing, readLock, signal } from "../db/embedded/locks.ts";
import type { Cleanups } from "./run-command.ts";

const POLL_MS = 20;

/** A new empty directory for whoever fills `place`, readable by its owner alone; `cleanups` removes it. */
export function makeDraft(place: string, cleanups: Cleanups): string {
  // In one go, so that there is no moment at which it is there and would stay.
  const draft = mkdtempSync(`${place}.new-${process.pid}-`);
  cleanups.push(() => removeDraft(draft));
  return draft;
}

/** Removes the drafts of `place` whose process is gone; returns how many there were. */
export async function clearDrafts(place: string): Promise<number> {
  const prefix = `${basename(place)}.new-`;
  let cleared = 0;
  for (const name of await readdir(dirname(place)).catch(() => [])) {
    if (!name.startsWith(prefix) || isRunning(Number(name.slice(prefix.length).split("-")[0]))) continue;
    await removeDraft(join(dirname(place), name));
    cleared++;
  }
  return cleared;
}

/** Removes a draft, and ends the PostgreSQL that may be running on it. */
async function removeDraft(draft: string) {
  const cluster = join(draft, "postgres");
  const pid = Number(readLock(join(cluster, "postmaster.pid"), cluster)?.[0]);
  if (pid) {
    signal(pid, "SIGQUIT");
    while (isServing(pid, cluster)) await Bun.sleep(POLL_MS);
  }
  // Without letting the copying, if that was interrupted, go on in between.
  rmSync(draft, { recursive: true, force: true });
}

const isRunning = (pid: number) => existsSync(`/proc/${pid}`) || (process.platform !== "linux" && canSignal(pid));

function canSignal(pid: number) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
