// People of a benchmark and their conversations, made over HTTP, as an older server has other tables.
import { newUser } from "../support/client.ts";
import type { SocketPlan } from "./plan.ts";

/** So many pairs, and a socket of the conversation for each of the two. */
export async function newConversations(url: string, pairs: number): Promise<SocketPlan[]> {
  const plans: SocketPlan[] = [];
  for (let i = 0; i < pairs; i++) {
    const pair = [await newUser(url), await newUser(url)] as const;
    const answer = await fetch(`${url}/conversations/${pair[1].id}`, {
      method: "POST",
      headers: { authorization: `Bearer ${pair[0].token}` },
    });
    const { conversation_id } = (await answer.json()) as { conversation_id: number };
    for (const { token } of pair) {
      const path = `/ws/conversations/${conversation_id}?token=${token}`;
      plans.push({ path, kind: "direct", rooms: [conversation_id], sends: true, named: false });
    }
  }
  return plans;
}
