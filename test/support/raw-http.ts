// Requests as bytes, for what no HTTP client would send.
import { connect } from "node:net";

/** Sends bytes as they are (Latin-1) and answers what comes back until the server closes. */
export const sendByHand = (url: string, request: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(request, "latin1"));
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });

export const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
