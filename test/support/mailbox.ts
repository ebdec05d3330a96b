// A mail server on loopback that keeps what it gets.
import { SMTPServer } from "smtp-server";
import { until } from "./patience.ts";

export interface Mailed {
  from: string;
  to: string;
  subject: string;
  text: string;
  /** What the link in it holds behind its last slash; null without a link. */
  token: string | null;
  raw: string;
}

export class Mailbox {
  readonly mails: Mailed[] = [];
  readonly url: string;
  private constructor(
    private readonly server: SMTPServer,
    port: number,
  ) {
    this.url = `smtp://user:secret@127.0.0.1:${port}`;
  }

  static async open(): Promise<Mailbox> {
    let mailbox: Mailbox | undefined;
    const server = new SMTPServer({
      disabledCommands: ["STARTTLS"],
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        done(username === "user" && password === "secret" ? null : new Error("no"), { user: username }),
      onData(stream, session, done) {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk) => chunks.push(chunk));
        stream.on("end", () => {
          const raw = Buffer.concat(chunks).toString();
          const { mailFrom, rcptTo } = session.envelope;
          mailbox!.mails.push(
            read(
              raw,
              mailFrom ? mailFrom.address : "",
              rcptTo.map(({ address }) => address),
            ),
          );
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    mailbox = new Mailbox(server, (server.server.address() as { port: number }).port);
    return mailbox;
  }

  /** The next mail to the address, taken out. */
  async next(to: string): Promise<Mailed> {
    const find = () => this.mails.findIndex((mail) => mail.to === to);
    await until(`a mail to ${to} comes`, () => find() >= 0);
    return this.mails.splice(find(), 1)[0]!;
  }

  close = () => new Promise<void>((resolve) => this.server.close(() => resolve()));
}

function read(raw: string, from: string, to: string[]): Mailed {
  const [head, ...rest] = raw.split("\r\n\r\n");
  const encoded = rest.join("\r\n\r\n");
  // (Bodies of plain ASCII with long lines come as quoted-printable.)
  const text = /quoted-printable/i.test(head!)
    ? encoded
        .replaceAll("=\r\n", "")
        .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : encoded;
  const subject = /^Subject: (.*)$/m.exec(head!)?.[1]?.trim() ?? "";
  return { from, to: to.join(), subject, text, token: /\/([\w-]{32})\s/.exec(text)?.[1] ?? null, raw };
}
