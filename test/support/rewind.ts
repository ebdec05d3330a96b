// A database that goes back to an earlier state under a running server, as a restore or a failover makes it.
import { openDatabase, type SqlClient } from "../../src/db/client.ts";
import type { TestServer } from "./harness.ts";

export class History {
  private constructor(
    private readonly admin: SqlClient,
    private readonly name: string,
  ) {}

  static of({ target }: TestServer): History {
    const name = typeof target === "string" ? new URL(target).pathname.slice(1) : target.database;
    const beside =
      typeof target === "string"
        ? Object.assign(new URL(target), { pathname: "/postgres" }).href
        : { ...target, database: "postgres" };
    return new History(openDatabase(beside).sql, name);
  }

  private get copy() {
    return `${this.name}_copy`;
  }

  /** Keeps what the database holds now. All of its sessions end. */
  async keep() {
    const { admin, name } = this;
    await this.closed(async () => {
      await admin`create database ${admin(this.copy)} template ${admin(name)}`;
    });
  }

  /** Puts the copy in the place of the database; `before` is run on it first. */
  async goBack(before: (admin: SqlClient) => Promise<unknown> = async () => {}) {
    const { admin, name } = this;
    await before(admin);
    await admin`alter database ${admin(name)} allow_connections false`;
    await admin`drop database ${admin(name)} with (force)`;
    await admin`alter database ${admin(this.copy)} rename to ${admin(name)}`;
  }

  /** Ends all sessions of the database, or those whose application's name has this in it. */
  async endSessions(part = "") {
    await this.admin`
      select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = ${this.name} and application_name like ${`%${part}%`}`;
  }

  close() {
    return this.admin.end();
  }

  private async closed(work: () => Promise<void>) {
    const { admin, name } = this;
    await admin`alter database ${admin(name)} allow_connections false`;
    await this.endSessions();
    try {
      await work();
    } finally {
      await admin`alter database ${admin(name)} allow_connections true`;
    }
  }
}
