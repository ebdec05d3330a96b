// How the servers are, as it is: read every few seconds while the page is seen.
import { useEffect, useState } from "preact/hooks";
import type { ServerFigures, ServerHealth } from "../../../../sdk/index.ts";
import { lastSeen } from "../../lib/time.ts";
import { errorText } from "../../state/toasts.ts";
import { Icon } from "../../ui/icons.tsx";
import { Mark } from "./chips.tsx";
import { Failure, Skeleton } from "./pages.tsx";
import type { AdminView } from "./section.ts";
import { Sparkline } from "./sparkline.tsx";
import { Split } from "./split.tsx";

const INTERVAL_MS = 3_000;
/** Readings that are kept: of two minutes. */
const KEPT = 40;

/** Of each server by its id, oldest first; null where it did not respond. */
type History = ReadonlyMap<string, readonly (ServerFigures | null)[]>;

interface Reading {
  servers: readonly ServerHealth[];
  history: History;
}

export function Health({ admin }: AdminView) {
  const [reading, setReading] = useState<Reading | null>(null);
  const [error, setError] = useState("");
  const [round, setRound] = useState(0);

  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      clearTimeout(timer);
      if (document.hidden) return;
      try {
        const { servers } = await admin.health();
        if (!isCurrent) return;
        setReading((before) => ({ servers, history: add(before?.history ?? new Map(), servers) }));
        setError("");
      } catch (failure) {
        if (!isCurrent) return;
        setError(errorText(failure));
      }
      clearTimeout(timer);
      timer = setTimeout(() => void read(), INTERVAL_MS);
    };
    const onVisibility = () => void read();
    void read();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, [admin, round]);

  const list = () => {
    if (!reading) return error ? <Failure text={error} onRetry={() => setRound(round + 1)} /> : <Skeleton />;
    const alive = reading.servers.flatMap(({ figures }) => figures ?? []);
    return (
      <div class="health" data-stale={error !== ""}>
        {error && (
          <p class="health-stale" role="alert">
            <Icon name="alert" size={18} /> {error} These are the last figures.
          </p>
        )}
        {reading.servers.length > 1 && <Totals servers={reading.servers.length} alive={alive} />}
        {reading.servers.map((server) => (
          <Server key={server.id} server={server} past={reading.history.get(server.id) ?? []} />
        ))}
      </div>
    );
  };
  return <Split part="health" title="Health" list={list()} isPlain />;
}

function add(history: History, servers: readonly ServerHealth[]): History {
  return new Map(servers.map(({ id, figures }) => [id, [...(history.get(id) ?? []), figures].slice(-KEPT)]));
}

const sum = (alive: readonly ServerFigures[], read: (figures: ServerFigures) => number) =>
  alive.reduce((total, figures) => total + read(figures), 0);

const Totals = ({ servers, alive }: { servers: number; alive: readonly ServerFigures[] }) => (
  <dl class="totals" aria-label="All servers together">
    <Total label="Servers" value={servers === alive.length ? String(servers) : `${alive.length} of ${servers}`} />
    <Total label="Sockets" value={count(sum(alive, ({ sockets }) => sockets))} />
    <Total label="Messages a second" value={rate(sum(alive, ({ messages_per_second }) => messages_per_second ?? 0))} />
  </dl>
);

const Total = ({ label, value }: { label: string; value: string }) => (
  <div>
    <dt>{label}</dt>
    <dd>{value}</dd>
  </div>
);

/** What each figure is called and how it is read, in the order of the page. */
const FIGURES: {
  label: string;
  read: (figures: ServerFigures) => number | null;
  show: (value: number) => string;
  note?: (figures: ServerFigures) => string | null;
  /** From here on somebody should look. */
  alarm?: number;
}[] = [
  { label: "Users online", read: (f) => f.users_online, show: count },
  {
    label: "Sockets",
    read: (f) => f.sockets,
    show: count,
    note: (f) => `${count(f.rooms)} ${f.rooms === 1 ? "room" : "rooms"} followed`,
  },
  {
    label: "Messages a second",
    read: (f) => f.messages_per_second,
    show: rate,
    note: (f) => `${count(f.messages)} since the start`,
  },
  {
    label: "Waiting to be stored",
    read: (f) => f.write_queue,
    show: count,
    note: (f) => (f.write_queue > 0 ? `the oldest for ${seconds(f.write_queue_age_seconds)}` : null),
    alarm: 1000,
  },
  {
    label: "Database",
    read: (f) => f.database.response_ms,
    show: (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`,
    note: (f) => `${f.database.connections_busy} of ${f.database.connections} connections busy`,
    alarm: 500,
  },
  {
    label: "Processor",
    read: (f) => f.cpu,
    show: (share) => `${Math.round(share * 100)} %`,
    note: () => "of one core",
  },
  {
    label: "Longest pause",
    read: (f) => f.event_loop_lag_seconds,
    show: seconds,
    note: () => "in which nothing else ran",
    alarm: 1,
  },
  { label: "Memory", read: (f) => f.memory_bytes, show: bytes, note: (f) => `${bytes(f.heap_bytes)} of objects` },
];

function Server({ server, past }: { server: ServerHealth; past: readonly (ServerFigures | null)[] }) {
  const { name, figures } = server;
  const isWell = figures?.status === "ok";
  return (
    <section class="server" aria-label={name} data-well={isWell}>
      <header>
        <h3>
          <bdi>{name}</bdi>
        </h3>
        <Mark
          text={figures ? (STATUSES[figures.status] ?? figures.status) : "Does not respond"}
          kind={isWell ? "accent" : "danger"}
        />
      </header>
      {figures ? (
        <>
          <p class="text-muted">
            Version {figures.version} · started {lastSeen(figures.started_at)}
            {figures.bus && (figures.bus.is_up ? " · hears the other servers" : " · does not hear the other servers")}
            {figures.disk && ` · ${bytes(figures.disk.free_bytes)} of ${bytes(figures.disk.total_bytes)} free on disk`}
          </p>
          <dl class="tiles">
            {FIGURES.map(({ label, read, show, note, alarm }) => {
              const value = read(figures);
              const more = note?.(figures);
              return (
                <div key={label} class="tile" data-alarm={alarm !== undefined && value !== null && value >= alarm}>
                  <dt>{label}</dt>
                  <dd>
                    <strong>{value === null ? "–" : show(value)}</strong>
                    {more && <span class="text-muted">{more}</span>}
                    <Sparkline values={past.map((figures) => figures && read(figures))} room={KEPT} />
                  </dd>
                </div>
              );
            })}
          </dl>
        </>
      ) : (
        <p class="text-muted">It is registered, and did not answer in time. Other servers end its registration soon.</p>
      )}
    </section>
  );
}

const STATUSES: Record<string, string> = {
  ok: "Running",
  starting: "Starting",
  draining: "Shutting down",
  database_unavailable: "No database",
  history_uncertain: "Checking the database",
  control_channel_down: "Does not hear the others",
  rooms_unverified: "Checking rooms",
};

const NUMBER = new Intl.NumberFormat("en");

function count(value: number): string {
  return NUMBER.format(value);
}

function rate(value: number): string {
  return value >= 10 || value === 0 ? NUMBER.format(Math.round(value)) : value.toFixed(1);
}

function seconds(value: number): string {
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
}

function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let size = value;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size >= 100 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}
