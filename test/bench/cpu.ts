// How busy processes are, from /proc. Where there is none (macOS, Windows), nothing is known and nothing is shown.
import { readdirSync, readFileSync } from "node:fs";

// USER_HZ, which Linux has fixed at 100 for programs whatever the kernel's own clock is.
const TICKS_PER_SECOND = 100;
// Fields of /proc/<pid>/stat behind the name, counted from `state`.
const PARENT = 1;
const OWN_TIMES = [11, 12];
const REAPED_TIMES = [13, 14];

/** Seconds of processor time used so far by a process and its children, those that ended included; null when not known. */
export function cpuSeconds(pid: number): number | null {
  const main = statOf(pid);
  if (!main) return null;
  let ticks = sum(main, [...OWN_TIMES, ...REAPED_TIMES]);
  for (const name of readdirSync("/proc")) {
    const child = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (child && child[PARENT] === pid) ticks += sum(child, OWN_TIMES);
  }
  return ticks / TICKS_PER_SECOND;
}

/** Seconds of processor time of the process alone. */
export function ownCpuSeconds(pid: number): number | null {
  const main = statOf(pid);
  return main && sum(main, OWN_TIMES) / TICKS_PER_SECOND;
}

/** Bytes of memory that the process holds; null when not known. */
export function residentBytes(pid: number): number | null {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

const sum = (stat: number[], fields: number[]) => fields.reduce((total, field) => total + stat[field]!, 0);

function statOf(pid: number): number[] | null {
  const text = read(`/proc/${pid}/stat`);
  // The name stands in brackets and may itself hold brackets and spaces.
  return text
    ? text
        .slice(text.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number)
    : null;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
