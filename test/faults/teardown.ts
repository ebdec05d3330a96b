// What runs for campaigns, to be ended whatever becomes of them: servers, databases, brokers and proxies.

export class Teardown {
  private static readonly open = new Set<Teardown>();
  private readonly stack = new AsyncDisposableStack();
  /** What is being started. */
  private readonly starting = new Set<Promise<unknown>>();
  private ending: Promise<void> | null = null;

  constructor() {
    Teardown.open.add(this);
  }

  /** Ends everything that still runs in this process's campaigns. */
  static async endAll(): Promise<void> {
    await Promise.allSettled([...Teardown.open].map((teardown) => teardown.end()));
  }

  get hasEnded() {
    return this.ending !== null;
  }

  /** Has `end` called in the end, the latest first. */
  defer(end: () => unknown) {
    this.stack.defer(async () => void (await end()));
  }

  /** The same of what is started only now. Throws when the end has come meanwhile; what was started has then been ended as well. */
  async own<T>(start: () => Promise<T>, end: (started: T) => unknown): Promise<T> {
    if (this.hasEnded) throw new Error("the campaign has ended");
    const started = start();
    const owned = started.then((it) => this.defer(() => end(it)));
    this.starting.add(owned);
    await owned.finally(() => this.starting.delete(owned));
    if (this.hasEnded) throw new Error("the campaign has ended");
    return started;
  }

  /** Resolves when all of it has ended, however often it is called. */
  end(): Promise<void> {
    this.ending ??= Promise.allSettled(this.starting)
      .then(() => this.stack.disposeAsync())
      .finally(() => Teardown.open.delete(this));
    return this.ending;
  }
}
