// Figures and what they are held against: collects them while the benchmark runs, and shows them as a table and as JSON.
import { cpus } from "node:os";
import type { Round } from "./round.ts";

/** What a figure must reach: `bar` at the least (or most), `aim` better still. */
export interface Bar {
  least: boolean;
  bar: number;
  aim: number;
}

export const atLeast = (bar: number, aim: number): Bar => ({ least: true, bar, aim });
export const atMost = (bar: number, aim: number): Bar => ({ least: false, bar, aim });

export interface Figure {
  name: string;
  unit: string;
  /** What was measured, as a median. */
  value: number;
  /** What it is compared with, as a median, and what that is; null for a figure that stands alone. */
  base: number | null;
  against: string;
  /** The median of the ratios of adjacent rounds; null where the two are only shown beside each other. */
  ratio: number | null;
  /** Of 95 %, of that median. */
  interval?: { low: number; high: number };
  /** What the ratio, or without one the value, is held against. */
  bar: Bar | null;
  notes: string[];
}

/** `aim`, `bar` or `short` of it; null for a figure without a bar. */
export function verdictOf({ ratio, value, bar }: Figure): "aim" | "bar" | "short" | null {
  if (!bar) return null;
  const reaches = (mark: number) => (bar.least ? (ratio ?? value) >= mark : (ratio ?? value) <= mark);
  return reaches(bar.aim) ? "aim" : reaches(bar.bar) ? "bar" : "short";
}

export class Report {
  readonly figures: Figure[] = [];
  readonly rounds: (Round & { load: string })[] = [];
  readonly notes: { load: string; text: string; values: Record<string, number> }[] = [];
  readonly tables: { title: string; rows: string[][] }[] = [];
  readonly faults: string[] = [];

  add(figure: Figure) {
    this.figures.push(figure);
  }

  round(load: string, round: Round) {
    this.rounds.push({ load, ...round });
    for (const fault of round.faults) this.fault(`${load}, ${round.subject}: ${fault}`);
    console.log(`${load.padEnd(34)} ${round.subject.padEnd(12)} ${describe(round)}`);
  }

  /** Something measured that is no round. */
  note(load: string, text: string, values: Record<string, number>) {
    this.notes.push({ load, text, values });
    console.log(`${load}: ${text}`);
  }

  fault(text: string) {
    this.faults.push(text);
    console.log(`  FAULT  ${text}`);
  }

  /** Figures that are read beside each other; the first row is the head. */
  table(title: string, rows: string[][]) {
    this.tables.push({ title, rows });
  }

  /** The tables, the figures with their bars, then what did not go as it must. */
  print() {
    for (const { title, rows } of this.tables) console.log(`\n${title}\n${table(rows)}`);
    const rows = this.figures.map((figure) => [
      figure.name,
      short(figure.value),
      figure.unit,
      figure.base === null ? "" : short(figure.base),
      figure.against,
      figure.ratio === null ? "" : figure.ratio.toFixed(2),
      figure.interval ? `${figure.interval.low.toFixed(2)} to ${figure.interval.high.toFixed(2)}` : "",
      figure.bar ? `${figure.bar.least ? ">=" : "<="} ${figure.bar.bar} (${figure.bar.aim})` : "",
      { aim: "aim reached", bar: "bar reached", short: "SHORT", none: "" }[verdictOf(figure) ?? "none"],
      figure.notes.join("; "),
    ]);
    console.log(`\n${table([["", "measured", "", "against", "", "ratio", "95 %", "bar (aim)", "", ""], ...rows])}`);
    console.log(
      this.faults.length === 0
        ? "\nEvery message was seen by everyone in its room, once and in order."
        : `\nFAILED: ${this.faults.length} faults\n${this.faults.map((fault) => `  ${fault}`).join("\n")}`,
    );
  }

  toJSON() {
    return {
      at: new Date().toISOString(),
      machine: {
        cpu: cpus()[0]?.model,
        cores: cpus().length,
        platform: process.platform,
        arch: process.arch,
        bun: Bun.version,
      },
      figures: this.figures.map((figure) => ({ ...figure, verdict: verdictOf(figure) })),
      rounds: this.rounds,
      tables: this.tables,
      notes: this.notes,
      faults: this.faults,
    };
  }
}

function describe({ answered, deliveries, p50, p99, cpu, lag, clientBound }: Round): string {
  const share = (value: number | null) => (value === null ? null : `${Math.round(value * 100)}%`);
  const busy = [
    cpu.server === null ? null : `itself ${share(cpu.server)}`,
    cpu.database === null ? null : `PostgreSQL ${share(cpu.database)}`,
    cpu.bus === null ? null : `NATS ${share(cpu.bus)}`,
    `clients ${cpu.clients.map(share).join(" ")}`,
  ];
  const bound = clientBound ? `, CLIENTS AT THEIR LIMIT (up to ${Math.round(lag)} ms late)` : "";
  const seen = deliveries === null ? "" : ` ${short(deliveries).padStart(9)} seen/s`;
  return `${short(answered).padStart(7)} answered/s${seen}   p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} ms   CPU: ${busy.filter(Boolean).join(", ")}${bound}`;
}

/** With as many digits as are worth reading. */
export function short(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString("en");
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Rows of cells, the first one the head, as columns of text. */
export function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
