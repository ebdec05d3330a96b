// A client of postgres.js whose statements are parts of the trace under way. Of a statement its text is told, which holds no values.
import type { SqlClient } from "../db/connect.ts";
import type { Tracing } from "../lib/tracing.ts";

const TEXT_LIMIT = 300;
/** What gives a query, by the name of the method. */
const GIVES_QUERY = new Set<PropertyKey>(["unsafe", "file"]);
/** What calls back with a client of its own. */
const GIVES_CLIENT = new Set<PropertyKey>(["begin", "savepoint"]);

type Call = (...args: unknown[]) => unknown;
/** A query of postgres.js runs when it is first waited for, by this method. */
type Query = Promise<unknown> & { handle?: () => Promise<unknown>; executed?: boolean };

export function traceSql<Client extends SqlClient>(sql: Client, tracing: Tracing): Client {
  return new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      const result = Reflect.apply(target as unknown as Call, self, args);
      const [strings] = args;
      const isStatement = Array.isArray(strings) && "raw" in strings;
      return isStatement ? traced(result as Query, () => strings.join("$"), tracing) : result;
    },
    get(target, property) {
      const value = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      if (GIVES_QUERY.has(property))
        return (...args: unknown[]) => traced(Reflect.apply(value, target, args), () => String(args[0]), tracing);
      if (GIVES_CLIENT.has(property))
        return (...args: unknown[]) => {
          const work = args.pop() as (client: SqlClient) => unknown;
          const begun = () =>
            Reflect.apply(value, target, [...args, (client: SqlClient) => work(traceSql(client, tracing))]);
          return tracing.span("transaction", { "db.system.name": "postgresql" }, begun);
        };
      return value;
    },
  });
}

/** `textOf` is called for what is measured alone. */
function traced(query: Query, textOf: () => string, tracing: Tracing): Query {
  const { handle } = query;
  // A part of another statement, or of no trace.
  if (!handle || !tracing.isActive) return query;
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
