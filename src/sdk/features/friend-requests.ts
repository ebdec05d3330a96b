// Friend requests, by the user and to them.
import type { FrameReducers } from "../frames.ts";
import type { FriendRequest } from "../wire.ts";
import { type ListStore, LiveList, type Reads, readAll } from "./live-list.ts";

export interface FriendRequests {
  incoming: ListStore<FriendRequest>;
  outgoing: ListStore<FriendRequest>;
  /** To a user id or a username. The status is `accepted` if the other side has asked already. Throws ChatError, as all of these do. */
  send(idOrName: number | string): Promise<FriendRequest>;
  accept(requestId: number): Promise<void>;
  decline(requestId: number): Promise<void>;
  cancel(requestId: number): Promise<void>;
}

export function createFriendRequests(
  reads: Reads,
  { meId, onAccepted }: { meId(): number | undefined; onAccepted(): void },
) {
  const { api, connection } = reads;
  const other = { incoming: "sender", outgoing: "receiver" } as const;
  const listOf = (direction: "incoming" | "outgoing") =>
    new LiveList<FriendRequest>(connection, () =>
      readAll(reads, "/friends/requests", (request) => request[other[direction]], { direction }),
    );
  const incoming = listOf("incoming");
  const outgoing = listOf("outgoing");

  const remove = ({ id }: { id: number }) => {
    incoming.remove(id);
    outgoing.remove(id);
  };
  const apply = (request: FriendRequest) => {
    const isOwn = request.sender.id === meId();
    if (request.status === "pending") (isOwn ? outgoing : incoming).put(request);
    else remove(request);
    if (request.status === "accepted") onAccepted();
    return request;
  };
  const applyFrame = ({ data }: { data: FriendRequest }) => void apply(data);

  const reducers: FrameReducers<"friend.requested" | "friend.accepted" | "friend.declined" | "friend.cancelled"> = {
    "friend.requested": applyFrame,
    "friend.accepted": applyFrame,
    "friend.declined": applyFrame,
    "friend.cancelled": ({ data }) => remove(data),
  };

  const respond = async (requestId: number, response: "accept" | "decline") =>
    void apply(await api.one<FriendRequest>("POST", `/requests/${requestId}/${response}`));
  const requests: FriendRequests = {
    incoming: incoming.asStore(),
    outgoing: outgoing.asStore(),
    send: async (idOrName) =>
      apply(await api.one<FriendRequest>("POST", `/friends/requests/${encodeURIComponent(idOrName)}`)),
    accept: (requestId) => respond(requestId, "accept"),
    decline: (requestId) => respond(requestId, "decline"),
    async cancel(requestId) {
      await api.run("DELETE", `/requests/${requestId}`);
      outgoing.remove(requestId);
    },
  };

  return {
    requests,
    reducers,
    onOpen() {
      incoming.refresh();
      outgoing.refresh();
    },
  };
}
