// Commands of all sockets together that have not been responded to. Bun never pauses a sender, so that what is accepted must be
// bounded: one client by a limit of its own (IN_FLIGHT_LIMIT), all of them by this.

// Far more than a database answers in a second or two; at a usual length a few megabytes.
const MAX_COMMANDS = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;

export class InFlight {
  commands = 0;
  private bytes = 0;

  /** False when the limit is reached. What was acquired must be released. */
  acquire(bytes: number): boolean {
    if (this.commands >= MAX_COMMANDS || this.bytes + bytes > MAX_BYTES) return false;
    this.commands++;
    this.bytes += bytes;
    return true;
  }

  release(bytes: number) {
    this.commands--;
    this.bytes -= bytes;
  }

  /** Half of the limit: time to skip work that is not essential, such as typing and presence. */
  get isBusy(): boolean {
    return this.commands >= MAX_COMMANDS / 2 || this.bytes >= MAX_BYTES / 2;
  }
}
