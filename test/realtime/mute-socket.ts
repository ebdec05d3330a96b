// A WebSocket client that connects and then never answers, as a phone that has lost its network: it sends no pong.
import { connect } from "node:net";

/** Connects; `closed` says when the server has closed, and with which code (1006 without a close frame). */
export async function connectMute(url: string, path: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let heard = Buffer.alloc(0);
  const closed = new Promise<number>((resolve) => {
    socket.on("close", () => resolve(codeOf(heard)));
  });
  socket.on("error", () => {});
  await new Promise<void>((resolve) => {
    socket.on("data", (data: Buffer) => {
      heard = Buffer.concat([heard, data]);
      if (heard.includes("\r\n\r\n")) resolve();
    });
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
  });
  if (!heard.toString("latin1").startsWith("HTTP/1.1 101")) throw new Error(heard.toString("latin1"));
  return {
    closed,
    /** Whether the server has asked for a sign of life. */
    wasPinged: () => framesOf(heard).some(({ opcode }) => opcode === 9),
    destroy: () => socket.destroy(),
  };
}

function framesOf(heard: Buffer) {
  const frames: { opcode: number; payload: Buffer }[] = [];
  let at = heard.indexOf("\r\n\r\n") + 4;
  while (at + 2 <= heard.length) {
    const opcode = heard[at]! & 15;
    const short = heard[at + 1]! & 127;
    // No frame in these tests is longer than 64 KiB.
    const length = short === 126 ? heard.readUInt16BE(at + 2) : short;
    const start = at + (short === 126 ? 4 : 2);
    frames.push({ opcode, payload: heard.subarray(start, start + length) });
    at = start + length;
  }
  return frames;
}

const codeOf = (heard: Buffer) =>
  framesOf(heard)
    .find(({ opcode }) => opcode === 8)
    ?.payload.readUInt16BE(0) ?? 1006;
