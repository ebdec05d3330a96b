// Loaded before a server (`bun --preload`): its clock is CLOCK_SHIFT_MS ahead of the machine's, or behind it. Durations, which are
// measured by the monotonic clock, stay what they are.
const shiftMs = Number(process.env.CLOCK_SHIFT_MS ?? 0);

if (shiftMs !== 0) {
  const { now } = Date;
  const shifted = () => now() + shiftMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [shifted()], newTarget),
    apply: () => new Date().toString(),
    get: (target, property, receiver) => (property === "now" ? shifted : Reflect.get(target, property, receiver)),
  });
}
