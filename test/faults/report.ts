// What a run of faults prints, kept in a file as it goes, so that a run that fails at night, or breaks off, can still be read.
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

// Enough for the first lines of an error, and few enough for what is said at the end of a run of everything.
const WHY_LINES = 5;
const WHY_WIDTH = 300;

const DIR = join(import.meta.dir, "../../reports");

export class RunReport {
  readonly path: string;
  private readonly checks: { what: string; holds: boolean; why: string }[] = [];

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

  /** What must hold, in words, and whether it does; if not, `why`. */
  check(what: string, holds: boolean, why = "") {
    this.checks.push({ what, holds, why });
  }

  /** Prints all checks, in the form of `bun test`, below those that failed why. Returns the exit code. */
  end(): number {
    this.say();
    for (const { what, holds, why } of this.checks) {
      this.say(`(${holds ? "pass" : "fail"}) ${what.replaceAll("\n", " ")}`);
      if (holds || !why) continue;
      for (const line of why.split("\n").slice(0, WHY_LINES)) this.say(`    ${line.trim().slice(0, WHY_WIDTH)}`);
    }
    const failed = this.checks.filter(({ holds }) => !holds);
    this.say(`\n ${this.checks.length - failed.length} pass\n ${failed.length} fail`);
    console.log(`\nThis report is kept in ${this.path}`);
    return failed.length === 0 ? 0 : 1;
  }
}
