// A server with some people in it who have something to send, for pictures of the client.
import type { Browser } from "playwright-core";
import { parseMarkdown } from "../../src/markdown/index.ts";
import type { Attachment, StoredMessage } from "../../src/sdk/index.ts";
import { Server } from "../bench/subjects.ts";
import { type ART, draw } from "./demo-art.ts";
import { toneOf, upload } from "./files.ts";
import { befriend, register, type User } from "./people.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Extras {
  /** The beginning of the message that it answers. */
  reply?: string;
  pictures?: (keyof typeof ART)[];
  /** Seconds. */
  voice?: number;
  file?: string;
  /** Who has put which emoji on it. */
  reactions?: Record<string, string[]>;
}

/** The body is Markdown. */
type Line = [ago: number, who: string, body: string, extras?: Extras];

const WITH_GRACE: Line[] = [
  [2 * DAY + 3 * HOUR, "Grace", "Did you get the tickets?"],
  [2 * DAY + 2 * HOUR, "Ada", "Two seats by the window. The train leaves at 9:12, so coffee first?"],
  [2 * DAY + 2 * HOUR - MINUTE, "Grace", "Always coffee first ☕"],
  [DAY + 5 * HOUR, "Ada", "The route is here, about four hours with breaks: https://example.org/walks/lake-loop"],
  [DAY + 4 * HOUR, "Grace", "Looks lovely. Is the bridge open again?"],
  [DAY + 4 * HOUR - 2 * MINUTE, "Ada", "Since last week. I called them and asked."],
  [DAY + 4 * HOUR - 3 * MINUTE, "Grace", "You are the best 🙏"],
  [
    58 * MINUTE,
    "Ada",
    "That's the lake this morning",
    { pictures: ["lake", "hut"], reactions: { "😍": ["Grace"], "❤️": ["Grace", "Ada"] } },
  ],
  [46 * MINUTE, "Grace", "I packed the small stove, the good map and far too many biscuits."],
  [45 * MINUTE, "Grace", "Do we need a tent?"],
  [
    31 * MINUTE,
    "Ada",
    "No, the hut has room for us.\nBut bring a **warm jacket**, it will be near zero at night.",
    { reply: "Do we need a tent?", reactions: { "👍": ["Grace"] } },
  ],
  [28 * MINUTE, "Grace", "", { voice: 7 }],
  [12 * MINUTE, "Grace", "Jacket, torch. Anything else?"],
  [9 * MINUTE, "Ada", "Good mood 🙂"],
  [8 * MINUTE, "Grace", "🎉🎉"],
  [5 * MINUTE, "Ada", "See you at the station!"],
];

const IN_GROUP: Line[] = [
  [DAY + 7 * HOUR, "Katherine", "Welcome, everybody. Plans for the summer go in here."],
  [DAY + 6 * HOUR, "Alan", "Dates first. I can do any weekend in June but the second."],
  [DAY + 6 * HOUR - MINUTE, "Alan", "And all of July."],
  [DAY + 5 * HOUR, "Margaret", "Same here. The 20th?"],
  [DAY + 4 * HOUR, "Ada", "The 20th works for me."],
  [
    3 * HOUR,
    "Katherine",
    "Then it is the **20th**. Who brings what?",
    { reactions: { "🎉": ["Ada", "Grace", "Linus"], "👍": ["Alan"] } },
  ],
  [3 * HOUR - 4 * MINUTE, "Margaret", "Salad and bread. I can also take three people in the car."],
  [2 * HOUR, "Linus", "I'll bring the grill, if somebody helps me carry it."],
  [2 * HOUR - 3 * MINUTE, "Ada", "I'll help 💪", { reply: "I'll bring the grill" }],
  [64 * MINUTE, "Alan", "Drinks are on me."],
  [63 * MINUTE, "Alan", "@Ada, is anyone allergic to anything?"],
  [40 * MINUTE, "Katherine", "", { file: "Shopping list.pdf" }],
  [20 * MINUTE, "Grace", "Not me."],
  [18 * MINUTE, "Katherine", "Nuts, please none at all."],
  [4 * MINUTE, "Margaret", "Noted. No nuts!"],
];

const OTHERS: [with_: string, lines: Line[]][] = [
  ["Katherine", [[50 * MINUTE, "Katherine", "Could you read over my notes when you have a minute?"]]],
  [
    "Linus",
    [
      [5 * HOUR, "Linus", "It builds again."],
      [4 * HOUR, "Ada", "What was it?"],
      [4 * HOUR - MINUTE, "Linus", "A missing comma. Three hours."],
    ],
  ],
  ["Alan", [[DAY + HOUR, "Ada", "Happy birthday, Alan! 🎂"]]],
  ["Margaret", [[3 * DAY, "Margaret", "Thanks for the book, I could not put it down."]]],
];

export interface Demo {
  server: Server;
  users: Record<string, User>;
  grace: number;
  group: number;
  /** Ends the server and everybody's connections. */
  end(): Promise<void>;
}

export async function openDemo(browser: Browser): Promise<Demo> {
  const server = await Server.start("demo");
  const names = ["Ada", "Grace", "Katherine", "Linus", "Alan", "Margaret"];
  const users: Record<string, User> = {};
  for (const name of names) users[name] = await register(server.url, name);
  const ada = users.Ada!;
  const { Grace, Katherine, Linus, Alan, Margaret } = users;
  for (const friend of [Grace, Katherine, Alan, Margaret]) await befriend(ada, friend!);
  await Linus!.chat.requests.send(ada.id);

  for (const name of ["Ada", "Grace", "Alan", "Katherine"] as const) {
    const { id } = await upload(server.url, users[name]!, await draw(browser, name), "me.png", { kind: "image" });
    await users[name]!.chat.profile.setAvatar(id);
  }
  await Grace!.chat.profile.update({ display_name: "Grace Hopper", status: { emoji: "🥾", text: "Out walking" } });
  await Katherine!.chat.profile.update({ display_name: "Katherine J." });
  await Alan!.chat.profile.update({ status: { emoji: "♟️", text: "Chess tonight" } });

  const mention = (name: string) => users[name]?.id;
  const send = async (lines: Line[], roomOf: (user: User) => Promise<string>) => {
    for (const [ago, who, text, { reply, pictures = [], voice, file, reactions = {} } = {}] of lines) {
      const user = users[who]!;
      const room = user.chat.room((await roomOf(user)) as "group:1");
      const attachments: Attachment[] = [];
      for (const picture of pictures)
        attachments.push(
          await upload(server.url, user, await draw(browser, picture), `${picture}.png`, { kind: "image" }),
        );
      if (voice) {
        const waveform = Array.from({ length: 48 }, (_, i) =>
          Math.round(16 + 15 * Math.sin(i) * Math.cos(i / 5)),
        ).join();
        attachments.push(
          await upload(server.url, user, toneOf(voice), "voice.wav", {
            kind: "voice",
            waveform,
            duration_ms: String(1_000 * voice),
          }),
        );
      }
      if (file) attachments.push(await upload(server.url, user, `%PDF-1.7\n${" ".repeat(48_000)}\n%%EOF`, file));
      const { body, entities } = parseMarkdown(text, { mention });
      const answered = reply && sent.findLast((message) => message.body.startsWith(reply));
      const key = room.send(body, {
        entities,
        attachments,
        ...(answered && { replyTo: answered }),
      });
      const id = await new Promise<number>((resolve) => {
        const look = () => {
          const message = room.getSnapshot().messages.find((m) => m.key === key);
          if (message?.id && message.seq) {
            sent.push({ ...message, id: message.id, seq: message.seq });
            resolve(message.id);
            end();
          }
        };
        const end = room.subscribe(look);
        look();
      });
      ages.push([id, ago]);
      for (const [emoji, people] of Object.entries(reactions))
        for (const name of people) await users[name]!.chat.room(room.key).react(id, emoji);
    }
  };
  const ages: [id: number, ago: number][] = [];
  const sent: StoredMessage[] = [];

  const conversations = new Map<string, number>();
  for (const [other, lines] of [...OTHERS, ["Grace", WITH_GRACE] as const]) {
    const { key, id } = await ada.chat.openConversation(users[other]!.id);
    conversations.set(other, id);
    await send(lines as Line[], async () => key);
  }
  const group = await Katherine!.chat.groups.create({
    name: "Summer picnic",
    description: "Where, when, and who brings what.",
    is_private: true,
  });
  for (const user of [ada, Grace, Linus, Alan, Margaret]) await Katherine!.chat.groups.addMember(group.id, user!.id);
  await Katherine!.chat.groups.setRole(group.id, ada.id, "admin");
  await send(IN_GROUP, async () => group.key);
  await Alan!.chat.groups.create({
    name: "Chess, evenings",
    description: "A game or two after work. All strengths.",
    is_private: false,
  });

  // The others have read what Ada said; she has not read all of what they did.
  for (const other of ["Grace", "Alan"]) {
    users[other]!.chat.room(`conversation:${conversations.get(other)!}`).markRead();
    ada.chat.room(`conversation:${conversations.get(other)!}`).markRead();
  }
  ada.chat.room(`conversation:${conversations.get("Linus")!}`).markRead();
  ada.chat.room(`conversation:${conversations.get("Margaret")!}`).markRead();
  await Bun.sleep(1_000);

  const { sql } = await server.open();
  for (const [id, ago] of ages) {
    await sql`update events set created_at = now() - ${ago} * interval '1 millisecond' where id = ${id}`;
  }
  await sql`
    update rooms r set last_event_at = (
      select max(created_at) from events e where e.room_id = r.id and e.kind = 'message')
    where exists (select from events e where e.room_id = r.id and e.kind = 'message')`;
  ada.chat.close();
  return {
    server,
    users,
    grace: conversations.get("Grace")!,
    group: group.id,
    async end() {
      for (const { chat } of Object.values(users)) chat.close();
      await server.end();
    },
  };
}
