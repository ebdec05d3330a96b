// Users with sockets here who show no read receipts and so get none of others, and the rooms that these sockets are subscribed to. Kept
// by hub.ts; in conversations a receipt is not published to begin with.
import type { HubConnection } from "./types.ts";

/** An authenticated connection, as far as it matters here. */
export type Subscriber = Pick<HubConnection, "session" | "rooms">;

export class QuietReaders {
  private readonly users = new Set<number>();
  private readonly byRoom = new Map<number, Set<Subscriber>>();

  get userIds(): ReadonlySet<number> {
    return this.users;
  }

  /** Those in a room; undefined for none. */
  usersIn(roomId: number): readonly number[] | undefined {
    const connections = this.byRoom.get(roomId);
    return connections && Array.from(connections, ({ session }) => session!.userId);
  }

  /** Whether the user is quiet from now on; `connections` are all of theirs. */
  set(userId: number, isQuiet: boolean, connections: Iterable<Subscriber>) {
    if (this.users.has(userId) === isQuiet) return;
    if (isQuiet) this.users.add(userId);
    for (const connection of connections)
      for (const { id } of connection.rooms) {
        if (isQuiet) this.subscribed(id, connection);
        else this.unsubscribed(id, connection);
      }
    if (!isQuiet) this.users.delete(userId);
  }

  subscribed(roomId: number, connection: Subscriber) {
    if (!this.users.has(connection.session!.userId)) return;
    const connections = this.byRoom.get(roomId);
    if (connections) connections.add(connection);
    else this.byRoom.set(roomId, new Set([connection]));
  }

  unsubscribed(roomId: number, connection: Subscriber) {
    const connections = this.byRoom.get(roomId);
    if (connections?.delete(connection) && connections.size === 0) this.byRoom.delete(roomId);
  }
}
