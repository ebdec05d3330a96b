// The first part of the page /docs/socket: how to connect, ask, listen and come back, for those who write a client.
import type { AsyncApi } from "./asyncapi.ts";
import { CHANNELS } from "./frames.ts";
import { type Html, html, prose } from "./html.ts";
import { CHANNEL_TEXTS, CLOSES, LIMITS, QUERY, SIGN_IN, TIMES } from "./socket-texts.ts";

const pre = (label: string, text: string) =>
  html`<pre tabindex="0" role="region" aria-label="${label}"><code>${text}</code></pre>`;

interface Topic {
  id: string;
  title: string;
  body: (document: AsyncApi) => Html;
}

const CLIENT = `const socket = new WebSocket("wss://chat.example.com/ws?token=" + token + "&resume=1");
socket.onopen = () => socket.send(JSON.stringify({ type: "resume", rooms: positions, ref: "1" }));
socket.onmessage = ({ data }) => handle(JSON.parse(data));
socket.onclose = ({ code, reason }) => decide(code, reason); // see the close codes`;

const EXCHANGE = `> {"type": "message.send", "conversation_id": 1, "body": "hello", "client_id": "0b9f1f5e-…", "ref": "7"}
< {"type": "message.new", "seq": 5, "data": {"id": 21, "conversation_id": 1, "body": "hello", …}}
< {"type": "ack", "ref": "7", "data": {"id": 21, "conversation_id": 1, "body": "hello", …}}
> {"type": "conversation.read", "conversation_id": 99, "last_message_id": 21, "ref": "8"}
< {"type": "error", "ref": "8", "code": "not_found", "detail": "The conversation was not found."}`;

const connect = () => html`
  <table class="plain stacked">
    <thead><tr><th scope="col">Address</th><th scope="col">What for</th></tr></thead>
    <tbody>${CHANNELS.map(
      (channel) => html`<tr>
      <th scope="row"><a href="#${channel}"><code>${CHANNEL_TEXTS[channel].address}</code></a></th>
      <td>${prose(CHANNEL_TEXTS[channel].summary)}</td>
    </tr>`,
    )}</tbody>
  </table>
  <p>Log in with <code>POST /login</code>, then say who you are in one of three ways:</p>
  <dl>${SIGN_IN.map(({ how, when }) => html`<dt>${prose(how)}</dt><dd>${prose(when)}</dd>`)}</dl>
  <p>${prose("A later `auth` frame renews the session in place, so that a socket can outlive its token. Whoever is refused is let in and closed at once with a reason, because a browser can read a close code but not the status of a handshake.")}</p>
  <p><code>resume=1</code> ${prose(`in the address: ${QUERY.resume.charAt(0).toLowerCase()}${QUERY.resume.slice(1)}`)}</p>
  ${pre("A client in JavaScript", CLIENT)}`;

const commands = () => html`
  <p>${prose("Frames are JSON objects with a `type`. Any command may carry `ref`, a text of your choice: then it is answered, with `ack` when it was carried out and with `error` when it was refused and changed nothing. An `error` comes even without a `ref`.")}</p>
  ${pre("An exchange", EXCHANGE)}
  <p>${prose("Send each message with a `client_id`, a UUID of your own, and send it again until you have its `ack`. However often that is, on whichever socket, over HTTP, after a restart of the server: it is stored once, and you are answered with the first one.")}</p>
  <p>${prose("Ignore fields and types that you don't know: there may be more of them one day.")}</p>`;

const order = () => html`
  <p>${prose("Every durable change of a room (a message, an edit, a deletion, a membership, a role, a mute, the group's settings) takes the next `seq` of that room: 1, 2, 3, …, without gaps, in the order in which they were committed, the same for every member. Nobody sees anything that is not stored.")}</p>
  <p>${prose("`seq` beside `type` is the event's place; `data.seq` of an edited message is the place of the message itself. Receipts, typing and presence are not changes and carry none.")}</p>`;

const resume = () => html`
  <ol>
    <li>${prose("Keep, for each room, the `seq` of the last event you have worked through, stored together with what it did.")}</li>
    <li>${prose("When the connection is lost, connect with `resume=1` and send `resume` as the first command, with those positions.")}</li>
    <li>${prose("Work through the events that come, in order. Drop one whose `seq` you have already; take `seq` over after each.")}</li>
    <li>${prose("`resync` says that a room has moved on too far: read its newest page over HTTP, drop what you had, and go on from the `seq` in that frame.")}</li>
    <li>${prose("`resumed` ends it: it has each room's `seq`, unread count and positions. What is live follows behind it.")}</li>
    <li>${prose("Send again, with their `client_id`, the messages that have no `ack` yet.")}</li>
  </ol>
  <p>${prose(`Live events wait for the announced \`resume\` for ${TIMES.resume}. A \`resume\` without \`resume=1\` works as well, only that a live event may come before the replay and then once more within it; its \`seq\` tells.`)}</p>`;

const limits = () => html`<table class="plain stacked">
  <thead><tr><th scope="col">What</th><th scope="col">Bound</th><th scope="col">Past it</th></tr></thead>
  <tbody>${LIMITS.map(({ what, bound, past }) => html`<tr><th scope="row">${prose(what)}</th><td>${prose(bound)}</td><td>${prose(past)}</td></tr>`)}</tbody>
</table>`;

const closing = () => html`<table class="plain stacked">
  <thead><tr><th scope="col">Code</th><th scope="col">Reason</th><th scope="col">Meaning</th><th scope="col">What to do</th></tr></thead>
  <tbody>${CLOSES.map(
    ({ code, reason, meaning, action }) => html`<tr>
    <th scope="row">${code}</th><td>${reason ? html`<code>${reason}</code>` : "none"}</td><td>${prose(meaning)}</td><td>${prose(action)}</td>
  </tr>`,
  )}</tbody>
</table>`;

/** The chapters of the overview, in order. */
export const TOPICS: Topic[] = [
  { id: "connect", title: "Connecting", body: connect },
  { id: "commands", title: "Commands and answers", body: commands },
  { id: "order", title: "Events and their order", body: order },
  { id: "resume", title: "Coming back", body: resume },
  { id: "limits", title: "Limits", body: limits },
  { id: "closing", title: "Close codes", body: closing },
];

export const overview = (document: AsyncApi): Html =>
  html`<p class="lead">${prose(document.info.description.split(" The calls over HTTP")[0]!)}</p>
    ${TOPICS.map(({ id, title, body }) => html`<section id="${id}" class="chapter"><h2><a href="#${id}">${title}</a></h2>${body(document)}</section>`)}`;
