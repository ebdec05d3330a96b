// Resuming, for the tests of it: asking, and hearing all that comes of it.
import { connect, type Frame, type Socket, type TestServer, type User } from "./harness.ts";

/** A socket that has just connected and asked to resume; what it hears from its first frame on. */
export async function resume(server: TestServer, user: User, path: string, command: object): Promise<Socket> {
  const socket = await connect(`${server.url}${path}?token=${user.token}&resume=1`);
  socket.send({ type: "resume", ...command });
  return socket;
}

/** Takes all frames up to and with `resumed`; receipts are left out. */
export async function replayed(socket: Socket): Promise<{ events: Frame[]; resumed: Frame }> {
  const events: Frame[] = [];
  for (;;) {
    const frame = await socket.find("resumed", () => true);
    if (frame.type === "resumed") return { events, resumed: frame };
    if (frame.seq !== undefined || frame.type === "resync") events.push(frame);
  }
}

export const seqs = (frames: Frame[]) => frames.map((frame) => frame.seq);

export const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);
