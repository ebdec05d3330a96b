// Mail to users: over SMTP, or written to the log by a server that somebody tries out. The library is loaded with the first one.
import type { Transporter } from "nodemailer";
import type { Config } from "../config.ts";
import { type Logger, safeError } from "../lib/log.ts";

export interface Letter {
  to: string;
  subject: string;
  /** Plain text. */
  text: string;
}

type MailConfig = Pick<Config, "smtpUrl" | "mailFrom" | "publicUrl" | "databaseUrl" | "port">;

// A mail server that does not respond holds nobody up for longer.
const TIMEOUT_MS = 10_000;

export class Mail {
  private transport: Promise<Transporter> | null = null;
  /** Mails that are being sent. */
  private readonly sending = new Set<Promise<void>>();

  constructor(private readonly parts: { config: MailConfig; log: Logger }) {}

  /** Whether mail leaves this machine. */
  get hasServer(): boolean {
    return this.parts.config.smtpUrl !== undefined;
  }

  /** Without a mail server only a server with a database of its own "sends" mail, to its log. */
  get isOn(): boolean {
    return this.hasServer || this.parts.config.databaseUrl === undefined;
  }

  /** The address of a page of the web client, for links in mails. */
  link(page: string): string {
    const { publicUrl, port } = this.parts.config;
    return `${publicUrl ?? `http://localhost:${port}`}/#/${page}`;
  }

  /** Sends a mail in the background where mail is on, or what `compose` comes to, null for none; what becomes of it is logged. */
  send(letter: Letter | (() => Promise<Letter | null>)) {
    const sent = this.deliver(letter)
      .catch((error) =>
        // (An error of SMTP repeats who it was for, and one of the database its values.)
        this.parts.log.error(
          { error: safeError(error), ...(error?.responseCode && { response: error.responseCode }) },
          "a mail could not be sent",
        ),
      )
      .finally(() => this.sending.delete(sent));
    this.sending.add(sent);
  }

  /** Resolves when all mails have been sent. */
  async close(): Promise<void> {
    await Promise.all(this.sending);
    (await this.transport)?.close();
  }

  private async deliver(letter: Letter | (() => Promise<Letter | null>)): Promise<void> {
    if (!this.isOn) return;
    const composed = typeof letter === "function" ? await letter() : letter;
    if (!composed) return;
    const { to, subject, text } = composed;
    const { config, log } = this.parts;
    if (!config.smtpUrl) {
      log.info({ to, subject, text }, "a mail, written here for want of SMTP_URL");
      return;
    }
    this.transport ??= connect(config.smtpUrl);
    // RFC 3834: automatic replies stay away.
    const headers = { "Auto-Submitted": "auto-generated" };
    await (await this.transport).sendMail({ from: config.mailFrom, to, subject, text, headers });
  }
}

async function connect(url: string): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  const options = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  // The text of a mail is ours alone: nothing in it may name a file or an address to be read.
  return createTransport({
    url,
    ...options,
    pool: true,
    maxConnections: 2,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
