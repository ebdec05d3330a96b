// What is measured as spans of a trace (tracing/open-telemetry.ts). Where tracing is off nothing of it is loaded, and whoever may trace has
// null in its place.

export type Attributes = Record<string, string | number | boolean>;

export interface Tracing {
  /** Whether a trace is under way here. */
  readonly isActive: boolean;
  /** Begins a trace with this call, if it is one of the sample; what it awaits belongs to it. `conclude` says what became of it. */
  trace<T>(name: string, attributes: Attributes, work: () => T, conclude?: (result: Awaited<T>) => Attributes): T;
  /** Measures a part of the trace under way; without one it only runs. */
  span<T>(name: string, attributes: Attributes, work: () => T): T;
  /** Remembers to which trace an object belongs that is worked on later, together with others. */
  carry(key: object): void;
  /** Measures work for several such objects: as a part of the first one's trace, with links to the others. */
  together<T>(name: string, keys: Iterable<object>, work: () => T): T;
  /** Gives the trace under way a better name than was known when it began. */
  rename(name: string): void;
  /** Sends what has been measured. Does not throw. */
  close(): Promise<void>;
}
