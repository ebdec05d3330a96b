// A chat on a page of the product's: nobody logs in to it.
import { createChat } from "realtime-chat/sdk";

const customer = new URLSearchParams(location.search).get("customer") ?? "ada";
const ask = async () =>
  (await fetch(`/chat/${customer}`)).json() as Promise<{ url: string; token: string; room: number }>;

const { url, token, room: id } = await ask();
// Before the token expires, and when it is refused, the back end is asked for another one.
const chat = createChat({ url, token, renewToken: async () => (await ask()).token });
const room = chat.room(`group:${id}`);

const list = document.querySelector("#messages")!;
room.subscribe(() => {
  list.replaceChildren(
    ...room.getSnapshot().messages.map(({ sender_name, body }) => {
      const item = document.createElement("li");
      item.textContent = `${sender_name}: ${body}`;
      return item;
    }),
  );
});

const text = document.querySelector<HTMLInputElement>("#text")!;
document.querySelector("#form")!.addEventListener("submit", (event) => {
  event.preventDefault();
  room.send(text.value);
  text.value = "";
});
