// What all sockets together have asked for and not been answered yet. Bun never pauses a sender, so that what is taken in
// must be bounded here: one client by its own limit, all of them by this.

// Far more than a database answers in a second or two; at a usual length a few megabytes.
const MAX_COMMANDS = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;

export class Inbox {
  commands = 0;
  private bytes = 0;

  /** False when it is full. What was taken must be given back. */
  take(bytes: number): boolean {
    if (this.commands >= MAX_COMMANDS || this.bytes + bytes > MAX_BYTES) return false;
    this.commands++;
    this.bytes += bytes;
    return true;
  }

  give(bytes: number) {
    this.commands--;
    this.bytes -= bytes;
  }

  /** Half full: time to drop what can be done without. */
  get isBusy(): boolean {
    return this.commands >= MAX_COMMANDS / 2 || this.bytes >= MAX_BYTES / 2;
  }
}
