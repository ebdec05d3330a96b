// The web client in Firefox and WebKit: what a person does all day, with the engine's own keys and clicks.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ServerProcess } from "../support/server-process.ts";
import { openFirefox } from "./engines/firefox.ts";
import { openWebKit } from "./engines/webkit.ts";
import { click, eventually, until, type Window } from "./engines/window.ts";
import { befriend, PASSWORD, register, type User } from "./people.ts";

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.create();
  await server.start();
});

afterAll(() => server.remove());

const BODIES = `[...document.querySelectorAll(".message .body")].map((body) => body.innerText)`;
const COMPOSER = `.composer textarea`;

const says = (text: string) => `${BODIES}.includes(${JSON.stringify(text)})`;

for (const [engine, open] of Object.entries({ Firefox: openFirefox, WebKit: openWebKit })) {
  describe(engine, () => {
    let window: Window;
    let other: User;
    let room: Awaited<ReturnType<User["chat"]["openConversation"]>>;
    const name = `Ida${engine}`;

    beforeAll(async () => {
      window = await open();
      const [user, friend] = await Promise.all([register(server.url, name), register(server.url, `Jo${engine}`)]);
      other = friend;
      await befriend(user, other);
      room = await other.chat.openConversation(user.id);
      room.subscribe(() => {});
      for (let index = 0; index < 30; index++) room.send(`Message ${index}`);
      user.chat.close();
    });

    const received = (text: string) => room.getSnapshot().messages.filter(({ body }) => body === text).length;

    afterAll(async () => {
      other.chat.close();
      await window.close();
    });

    test("logs in by keyboard and mouse, and opens a conversation", async () => {
      room.send("Hello from the other side");
      await window.open(`${server.url}/`);
      await click(window, "input[name=username], input[autocomplete=username]");
      await window.type(name);
      await click(window, "input[type=password]");
      await window.type(PASSWORD);
      await window.press("Enter");
      await click(window, "a.row");
      await click(window, ".scroll-to-end");
      await until(window, says("Hello from the other side"));
      expect(await window.troubles()).toEqual([]);
    });

    test("sends by Enter, breaks lines by Shift and Enter, and shows what was sent", async () => {
      await click(window, COMPOSER);
      for (let line = 1; line <= 7; line++) {
        await window.type(`line ${line}`);
        if (line < 7) await window.press("Shift", "Enter");
      }
      await window.press("Enter");
      const text = Array.from({ length: 7 }, (_, line) => `line ${line + 1}`).join("\n");
      await until(window, says(text));
      await until(window, `document.querySelector(${JSON.stringify(COMPOSER)}).value === ""`);
      await eventually(() => received(text) === 1);
      // The whole of it is in the window, above the composer.
      await until(
        window,
        `(() => {
          const sent = [...document.querySelectorAll(".message")].at(-1).getBoundingClientRect();
          return sent.bottom <= document.querySelector(${JSON.stringify(COMPOSER)}).getBoundingClientRect().top + 1;
        })()`,
      );
    });

    test("shows that the other one types, and takes in what they write", async () => {
      room.startTyping();
      await until(window, `document.querySelector('.typing[data-active="true"]')`);
      room.send("And one back");
      await until(window, says("And one back"));
    });

    test("formats what is selected, by a button; shows activity, people, what a search finds, and the settings", async () => {
      const field = `document.querySelector(${JSON.stringify(COMPOSER)})`;
      await click(window, COMPOSER);
      await window.type("a bold word");
      await window.press("Shift", "Home");
      await click(window, `.format-bar [aria-label="Bold"]`);
      await until(window, `${field}.value === "**a bold word**" && document.activeElement === ${field}`);
      await window.press("Enter");
      await until(
        window,
        `[...document.querySelectorAll(".message strong")].some((b) => b.innerText === "a bold word")`,
      );
      await eventually(() => received("a bold word") === 1);
      await click(window, ".tabs a:nth-child(2)");
      await until(window, `document.querySelector(".activity .empty-state, .activity .row")`);
      await click(window, ".tabs a:nth-child(3)");
      await until(window, `document.querySelector(".sidebar").innerText.includes("Jo${engine}")`);
      await click(window, ".tabs a:nth-child(1)");
      await click(window, "#search");
      await window.type("bold wo");
      await until(window, `document.querySelector(".found-message")`);
      await click(window, `.sidebar button[aria-label="Settings"]`);
      await until(window, `document.querySelector("dialog[open] h2")?.innerText === "Settings"`);
      await window.press("Escape");
      await until(window, `!document.querySelector("dialog[open]")`);
      expect(await window.troubles()).toEqual([]);
    });

    test("comes back by itself when the server was killed, with nothing lost or doubled", async () => {
      await server.end("SIGKILL");
      await click(window, COMPOSER);
      await window.type("written meanwhile");
      await window.press("Enter");
      await server.start();
      await eventually(() => received("written meanwhile") > 0);
      await until(window, `${BODIES}.filter((body) => body === "written meanwhile").length === 1`);
      expect(received("written meanwhile")).toBe(1);
      expect(await window.troubles()).toEqual([]);
    });
  });
}
