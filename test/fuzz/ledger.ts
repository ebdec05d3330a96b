// What the fuzzer counts and what it finds: how often each thing was tried and how it was answered, and the findings, each kind with
// its first examples.
import type { Json } from "./documents.ts";

/** What must not happen. */
export type Finding =
  | "server ended"
  | "server error"
  | "logged as an error"
  | "not answered"
  | "not as documented"
  | "headers missing"
  | "internals shown"
  | "private seen by outsiders"
  | "innocent disturbed"
  | "memory kept";

export const FINDINGS: Finding[] = [
  "server ended",
  "server error",
  "logged as an error",
  "not answered",
  "not as documented",
  "headers missing",
  "internals shown",
  "private seen by outsiders",
  "innocent disturbed",
  "memory kept",
];

const EXAMPLES = 5;

export class Ledger {
  readonly answers: Record<string, number> = {};
  readonly tried = new Map<string, number>();
  constructor(private readonly mayBeUnavailable: number) {}

  private readonly found = new Map<Finding, { times: number; kinds: Map<string, Json[]> }>();

  count(what: string) {
    this.answers[what] = (this.answers[what] ?? 0) + 1;
  }

  try(what: string) {
    this.tried.set(what, (this.tried.get(what) ?? 0) + 1);
  }

  /**
   * By design: what waits for a lock or for the database longer than a few seconds is told to come again. On a machine that is busy with
   * other things it happens; often, it is a fault.
   */
  unavailable(where: string, example: unknown) {
    this.count("unavailable");
    if (this.answers.unavailable! > this.mayBeUnavailable)
      this.report("server error", `unavailable: ${where}`, example);
  }

  /** `kind` tells findings apart; `example` is what shows it, to be repeated by hand. */
  report(finding: Finding, kind: string, example?: unknown) {
    const known = this.found.get(finding) ?? { times: 0, kinds: new Map() };
    this.found.set(finding, known);
    known.times++;
    const examples = known.kinds.get(kind) ?? [];
    known.kinds.set(kind, examples);
    if (examples.length < EXAMPLES) examples.push(example ?? null);
  }

  timesOf = (finding: Finding) => this.found.get(finding)?.times ?? 0;

  kindsOf = (finding: Finding) => [...(this.found.get(finding)?.kinds ?? [])];

  get total() {
    return FINDINGS.reduce((sum, finding) => sum + this.timesOf(finding), 0);
  }
}
