// What a run of faults prints, kept in a file as it goes, so that a run that fails at night, or breaks off, can still be read.
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const DIR = join(import.meta.dir, "../../reports");

export class RunReport {
  readonly path: string;
  private readonly checks: { what: string; holds: boolean }[] = [];

  /** `name` is part of the file's name. */
  constructor(name: string) {
    mkdirSync(DIR, { recursive: true });
    this.path = join(DIR, `${new Date().toISOString().replaceAll(":", "-").slice(0, 19)}-${name}.txt`);
  }

  say(text = "") {
    console.log(text);
    appendFileSync(this.path, `${text}\n`);
  }

  section(title: string, lines: Record<string, number>) {
    this.say(`\n${title}`);
    for (const [name, n] of Object.entries(lines).toSorted()) this.say(`${String(n).padStart(10)}  ${name}`);
  }

  /** What must hold, in words, and whether it does. */
  check(what: string, holds: boolean) {
    this.checks.push({ what, holds });
  }

  /** Prints all checks, and those that failed once more at the end. Returns the exit code. */
  end(): number {
    this.say();
    for (const { what, holds } of this.checks) this.say(`(${holds ? "pass" : "FAIL"}) ${what}`);
    const failed = this.checks.filter(({ holds }) => !holds);
    this.say(`\n ${this.checks.length - failed.length} pass\n ${failed.length} fail`);
    for (const { what } of failed) this.say(`Failed: ${what}`);
    console.log(`\nThis report is kept in ${this.path}`);
    return failed.length === 0 ? 0 : 1;
  }
}
