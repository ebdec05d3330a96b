// What a client prefers, by the headers of its request. The library is loaded by the first one.
import type Negotiator from "negotiator";

export function negotiatorOf(headers: Record<string, string>): Negotiator {
  const Loaded: typeof Negotiator = require("negotiator");
  return new Loaded({ headers });
}
