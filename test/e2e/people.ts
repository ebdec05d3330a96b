// Users by the API, for what a test takes for granted.
import { type Chat, createChat, signIn, signUp } from "../../src/sdk/index.ts";

export const PASSWORD = "correct horse battery";

export interface User {
  id: number;
  name: string;
  token: string;
  chat: Chat;
}

export async function register(url: string, name: string): Promise<User> {
  const account = await signUp({ url, username: name, email: `${name.toLowerCase()}@example.org`, password: PASSWORD });
  const { token } = await signIn({ url, username: name, password: PASSWORD });
  return { id: account.id, name, token, chat: createChat({ url, token }) };
}

export async function befriend(a: User, b: User) {
  await a.chat.requests.send(b.id);
  await b.chat.requests.send(a.id);
}

/** Two friends, and forty messages of one in their conversation. */
export async function acquaint(url: string): Promise<{ mia: User; noa: User; chatId: number }> {
  const [mia, noa] = await Promise.all([register(url, "Mia"), register(url, "Noa")]);
  await befriend(mia, noa);
  const room = await mia.chat.openConversation(noa.id);
  for (let index = 0; index < 40; index++) room.send(`Message number ${index}, see https://example.org/${index}`);
  while (!room.getSnapshot().messages.every(({ id }) => id !== null)) await Bun.sleep(10);
  return { mia, noa, chatId: room.id };
}

/** Another device's login. */
export const tokenOf = async (url: string, name: string) =>
  (await signIn({ url, username: name, password: PASSWORD })).token;
