// Users that the user has blocked.
import type { Api } from "../api.ts";
import type { Connection } from "../connection/connection.ts";
import type { Block } from "../wire.ts";
import { type ListStore, LiveList, readAll } from "./live-list.ts";

export interface Blocks extends ListStore<Block> {
  add(userId: number): Promise<void>;
  remove(userId: number): Promise<void>;
}

export function createBlocks(api: Api, connection: Connection) {
  const list = new LiveList<Block>(connection, () => readAll({ api, connection }, "/blocks"));
  const blocks: Blocks = {
    ...list.asStore(),
    add: async (userId) => list.put(await api.one<Block>("PUT", `/blocks/${userId}`)),
    async remove(userId) {
      await api.run("DELETE", `/blocks/${userId}`);
      list.remove(userId);
    },
  };
  return { blocks, onOpen: () => list.refresh() };
}
