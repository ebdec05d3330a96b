// Collects what a server has to tell the others in a turn of the event loop, so that each lane carries a bundle rather than a
// payload for each frame.
import { bundleHeader, type Entry, encodeEntry } from "./bundle.ts";
import type { Subject, Wire } from "./wire.ts";

// All servers of a database hear all lanes, so that several would only make more payloads of the same turn. Very many servers would
// choose among lanes.
const LANES = 1;

// Of UTF-8, for each UTF-16 unit.
const MAX_BYTES = 3;

interface Bundle {
  text: string;
  /** Bytes of UTF-8, at most. */
  size: number;
}

export class BusOutbox {
  private readonly bundles = new Map<Subject, Bundle>();
  private isScheduled = false;
  private readonly header: string;
  /** Entries sent, and dropped because no payload can hold them. */
  sent = 0;
  dropped = 0;

  constructor(
    private readonly wire: Pick<Wire, "send" | "maxLength">,
    nodeId: string,
  ) {
    this.header = bundleHeader(nodeId);
  }

  /** Sends the entry at the end of this turn. An event that is too long for the wire goes as a hint. */
  add(entry: Entry) {
    const subject = subjectOf(entry);
    const text = encodeEntry(entry);
    // Counting bytes costs as much as encoding, and is seldom needed.
    let size = MAX_BYTES * text.length;
    const { maxLength } = this.wire;
    if (this.header.length + size > maxLength) size = Buffer.byteLength(text);
    if (this.header.length + size > maxLength) {
      if (entry.type === "event") {
        const { room, seq, undeliveredTo } = entry.event;
        this.add({ type: "hint", room, seq, undeliveredTo });
      } else this.dropped++;
      return;
    }
    let bundle = this.bundles.get(subject);
    if (bundle && bundle.size + size > maxLength) {
      bundle.size = Buffer.byteLength(bundle.text);
      size = Buffer.byteLength(text);
      if (bundle.size + size > maxLength) {
        this.wire.send(subject, bundle.text);
        bundle = undefined;
      }
    }
    if (!bundle) {
      bundle = { text: this.header, size: this.header.length };
      this.bundles.set(subject, bundle);
    }
    bundle.text += text;
    bundle.size += size;
    this.sent++;
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.flush());
  }

  flush() {
    this.isScheduled = false;
    for (const [subject, { text }] of this.bundles) this.wire.send(subject, text);
    this.bundles.clear();
  }

  /** Drops what was to be sent. */
  clear() {
    this.bundles.clear();
  }
}

function subjectOf(entry: Entry): Subject {
  switch (entry.type) {
    case "user":
      return `u.${entry.userId % LANES}`;
    case "event":
      return `l.${entry.event.room.id % LANES}`;
    case "reach":
    case "pulse":
      return "l.0";
    default:
      return `l.${entry.room.id % LANES}`;
  }
}

export const SUBJECTS: readonly Subject[] = (["l", "u"] as const).flatMap((kind) =>
  Array.from({ length: LANES }, (_, lane): Subject => `${kind}.${lane}`),
);
