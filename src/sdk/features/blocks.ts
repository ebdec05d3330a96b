// Users that the user has blocked.
import type { Block } from "../wire.ts";
import { type ListStore, LiveList, type Reads, readAll } from "./live-list.ts";

export interface Blocks extends ListStore<Block> {
  add(userId: number): Promise<void>;
  remove(userId: number): Promise<void>;
}

export function createBlocks(reads: Reads) {
  const { api, connection } = reads;
  const list = new LiveList<Block>(connection, () => readAll(reads, "/blocks", (block: Block) => block));
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
