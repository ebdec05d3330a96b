// A client of postgres.js whose statements are parts of the trace under way. Of a statement its text is told, which holds no values.
import type { SqlClient } from "../db/connect.ts";
import type { Tracing } from "../lib/tracing.ts";

const TEXT_LIMIT = 300;
/** A query of postgres.js runs when it is first waited for, by this method. */
type Query = Promise<unknown> & { handle?: () => Promise<unknown>; executed?: boolean };
type Call = (...args: unknown[]) => unknown;
type Begin = (...args: [...options: unknown[], work: (client: SqlClient) => unknown]) => unknown;

/** A plain function with what the client has besides: each statement passes here, and a proxy would cost those that are of no trace. */
export function traceSql<Client extends SqlClient>(sql: Client, tracing: Tracing): Client {
  const { unsafe, file, begin, savepoint } = sql as unknown as Record<string, Call> & {
    begin?: Begin;
    savepoint?: Begin;
  };
  const query =
    (make: Call) =>
    (...args: unknown[]) => {
      const made = make.apply(sql, args);
      return tracing.isActive ? traced(made as Query, () => String(args[0]), tracing) : made;
    };
  const transaction =
    (run: Begin): Begin =>
    (...args) => {
      if (!tracing.isActive) return run.apply(sql, args);
      const work = args.pop() as (client: SqlClient) => unknown;
      const begun = () => run.apply(sql, [...args, (client: SqlClient) => work(traceSql(client, tracing))]);
      return tracing.span("transaction", { "db.system.name": "postgresql" }, begun);
    };
  const client = (...args: unknown[]) => {
    const made = (sql as unknown as Call)(...args);
    if (!tracing.isActive) return made;
    const [strings] = args;
    const isStatement = Array.isArray(strings) && "raw" in strings;
    return isStatement ? traced(made as Query, () => strings.join("$"), tracing) : made;
  };
  Object.defineProperties(client, Object.getOwnPropertyDescriptors(sql));
  return Object.assign(client, {
    unsafe: query(unsafe!),
    file: query(file!),
    ...(begin && { begin: transaction(begin) }),
    ...(savepoint && { savepoint: transaction(savepoint) }),
  }) as unknown as Client;
}

/** `textOf` is called for what is measured alone. */
function traced(query: Query, textOf: () => string, tracing: Tracing): Query {
  const { handle } = query;
  // A part of another statement.
  if (!handle) return query;
  query.handle = function (this: Query) {
    if (this.executed) return handle.call(this);
    const statement = textOf().replace(/\s+/g, " ").trim().slice(0, TEXT_LIMIT);
    const name = /^\w+/.exec(statement)?.[0]?.toLowerCase() ?? "statement";
    tracing.span(name, { "db.system.name": "postgresql", "db.query.text": statement }, () => {
      void handle.call(this);
      // The query itself, whose end is what is measured.
      return this;
    });
    return Promise.resolve();
  };
  return query;
}
