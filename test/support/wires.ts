// The wires between servers, for tests: how to open one, and what it heard.

import type { Wire, WireListener } from "../../src/bus/wire.ts";
import { NatsWire } from "../../src/bus/wire-nats.ts";
import { postgresWire } from "../../src/cluster.ts";
import { type DatabaseTarget, openConnections } from "../../src/db/client.ts";
import { Listener } from "../../src/db/listener.ts";
import { parseBusUrl } from "../../src/lib/bus-address.ts";
import { createLogger } from "../../src/lib/log.ts";
import { StartupError } from "../../src/lib/startup-error.ts";
import { PATIENCE_MS } from "./patience.ts";

const log = createLogger("silent");

/** Keeps what a wire hears. */
export class Recorder implements WireListener {
  readonly payloads: string[] = [];
  gaps = 0;
  onPayload(payload: string) {
    this.payloads.push(payload);
  }
  onGap() {
    this.gaps++;
  }
}

export interface OpenWire {
  wire: Wire;
  heard: Recorder;
  close(): Promise<void>;
}

/** As a server composes it. */
export async function openPostgresWire(target: DatabaseTarget, silenceMs = PATIENCE_MS): Promise<OpenWire> {
  const connections = openConnections(target, { nodeId: crypto.randomUUID(), log, onClose() {}, silenceMs });
  const listener = new Listener(connections.openListening());
  const wire = postgresWire(connections.sql, listener);
  const heard = new Recorder();
  await wire.start(heard);
  return {
    wire,
    heard,
    async close() {
      await wire.close();
      await listener.close();
      await connections.end();
    },
  };
}

export async function openNatsWire(url: string, credentials?: string): Promise<OpenWire> {
  const address = { ...parseBusUrl(url), credentials };
  const refusal = (sentence: string) => new StartupError(sentence);
  const wire = new NatsWire({ address, prefix: "test", name: "test", log, refusal });
  const heard = new Recorder();
  await wire.start(heard);
  return { wire, heard, close: () => wire.close() };
}
