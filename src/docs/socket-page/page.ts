// The page /docs/socket: the AsyncAPI document for people. Rendered here, without a script, so that it can be read anywhere.
import type { AsyncApi } from "../asyncapi/asyncapi.ts";
import { CHANNELS, type Channel, type Frame, framesOn, serverFrames } from "../asyncapi/frames.ts";
import { CHANNEL_TEXTS } from "../asyncapi/texts.ts";
import { frameLinks, frameSection, messageOf, shapeSection } from "./frames.ts";
import type { Chapter } from "./guide.ts";
import { type Html, html, prose } from "./html.ts";

interface EventGroup {
  id: string;
  title: string;
  text: string;
  frames: Frame[];
}

const events = serverFrames.filter(({ role }) => role === "event");
const isOfAccount = ({ channels }: Frame) => channels.length === 1 && channels[0] === "account";

const EVENT_GROUPS: EventGroup[] = [
  {
    id: "changes",
    title: "Changes of a room",
    text: "Each takes the next place in its room, `seq`, and is replayed to those who missed it.",
    frames: events.filter(({ isDurable }) => isDurable),
  },
  {
    id: "news",
    title: "Other news of a room",
    text: "Receipts, typing, and the end of a group. They carry no `seq` and are not replayed; `resumed` tells where receipts stand.",
    frames: events.filter((frame) => !frame.isDurable && !isOfAccount(frame)),
  },
  {
    id: "account-events",
    title: "Of the account",
    text: "On `/ws` alone. After a pause, read `GET /friends` and `GET /friends/requests` anew; rooms come with `resumed`.",
    frames: events.filter(isOfAccount),
  },
];

const replies = serverFrames.filter(({ role }) => role === "reply");

/** A frame's name in lists: two forms of one type say which they are. */
const nameOf = ({ type, key }: Frame) => (key.startsWith("room.") ? `${type} (room socket)` : type);

const item = (href: string, title: string | Html, inner?: Html[]) =>
  html`<li><a href="#${href}">${title}</a>${inner && html`<ul>${inner}</ul>`}</li>`;

const frameItems = (frames: Frame[]) => frames.map((frame) => item(frame.key, html`<code>${nameOf(frame)}</code>`));

function index(document: AsyncApi, guide: Chapter[]): Html {
  return html`<nav aria-label="Contents"><ul>
    ${guide.map(({ id, title }) => item(id, title))}
    ${CHANNELS.map((channel) => item(channel, html`<code>${CHANNEL_TEXTS[channel].address.replace(/\{.*/, "…")}</code>`, frameItems(framesOn(channel, "command").filter(isFirstOn(channel)))))}
    ${EVENT_GROUPS.map(({ id, title, frames }) => item(id, title, frameItems(frames)))}
    ${item("replies", "Replies", frameItems(replies))}
    ${item(
      "shapes",
      "Shapes",
      Object.keys(document.components.schemas).map((name) => item(`shape.${name}`, html`<code>${name}</code>`)),
    )}
  </ul></nav>`;
}

/** What every socket takes is described once, with the first. */
const isFirstOn = (channel: Channel) => (frame: Frame) => frame.channels[0] === channel;

function channelSection(document: AsyncApi, channel: Channel): Html {
  const { address, title, description } = CHANNEL_TEXTS[channel];
  const commands = framesOn(channel, "command");
  const own = commands.filter(isFirstOn(channel));
  const shared = commands.filter((frame) => !own.includes(frame));
  return html`<section id="${channel}" class="chapter">
    <h2><a href="#${channel}">${title}</a></h2>
    <p class="address"><code>${address}</code></p>
    <p>${prose(description)}</p>
    <dl class="lists">
      <dt>Commands</dt><dd>${frameLinks(commands)}</dd>
      <dt>Events</dt><dd>${frameLinks(framesOn(channel, "event"))}</dd>
      <dt>Replies</dt><dd>${frameLinks(framesOn(channel, "reply"))}</dd>
    </dl>
    ${
      shared.length > 0 &&
      html`<p>${shared.map(({ key, type }, i) => [i > 0 ? " and " : "", html`<a href="#${key}"><code>${type}</code></a>`])} are as on <code>/ws</code>.</p>`
    }
    ${own.map((frame) => frameSection(frame, messageOf(document, frame)))}
  </section>`;
}

const groupSection = (document: AsyncApi, { id, title, text, frames }: EventGroup): Html =>
  html`<section id="${id}" class="chapter">
    <h2><a href="#${id}">${title}</a></h2>
    <p>${prose(text)}</p>
    ${frameLinks(frames)}
    ${frames.map((frame) => frameSection(frame, messageOf(document, frame)))}
  </section>`;

/** The whole page; `guide` has its prose (guide.ts). */
export function socketPage(document: AsyncApi, guide: Chapter[]): string {
  const replyGroup = {
    id: "replies",
    title: "Replies",
    text: "What the server returns for a command.",
    frames: replies,
  };
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${document.info.title}</title>
    <link rel="icon" href="favicon-32x32.png">
    <link rel="stylesheet" href="socket.css">
    <link rel="stylesheet" href="socket-layout.css">
  </head>
  <body>
    <a class="skip" href="#content">Skip to content</a>
    <header>
      <p class="brand"><a href="#content">Realtime Chat</a> <span>sockets, ${document.info.version}</span></p>
      <p class="elsewhere"><a href="../docs">HTTP calls</a> <a href="../asyncapi.json">AsyncAPI</a> <a href="../openapi.json">OpenAPI</a></p>
    </header>
    <div class="page">
      ${index(document, guide)}
      <main id="content">
        <h1>Protocol</h1>
        <p class="lead">${prose(document.info.description.split(" The HTTP endpoints")[0]!)}</p>
        ${guide.map(({ id, title, body }) => html`<section id="${id}" class="chapter"><h2><a href="#${id}">${title}</a></h2>${body}</section>`)}
        ${CHANNELS.map((channel) => channelSection(document, channel))}
        ${[...EVENT_GROUPS, replyGroup].map((group) => groupSection(document, group))}
        <section id="shapes" class="chapter">
          <h2><a href="#shapes">Shapes</a></h2>
          <p>What several frames carry. The same as in the answers over HTTP.</p>
          ${Object.entries(document.components.schemas).map(([name, schema]) => shapeSection(name, schema))}
        </section>
      </main>
    </div>
  </body>
</html>
`.text;
}
