// Device tokens of the accounts used in this browser. With one, other people's failed logins don't lock this browser out.
import { scoped } from "./base.ts";
import { storage } from "./storage.ts";

const KEY = scoped("chat devices");
// Enough for a family; older ones are dropped.
const MAX_DEVICES = 8;

type Known = [account: string, deviceToken: string][];

const accountOf = (name: string) => name.trim().normalize("NFKC").toLowerCase();

function read(): Known {
  try {
    const known: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(known) ? known.filter((one) => Array.isArray(one) && typeof one[1] === "string") : [];
  } catch {
    return [];
  }
}

/** The device token of the account last used with this username or e-mail address. */
export const deviceTokenOf = (name: string) => read().find(([account]) => account === accountOf(name))?.[1];

export function rememberDevice(name: string, deviceToken: string) {
  const account = accountOf(name);
  const others = read().filter(([other]) => other !== account);
  storage.setItem(KEY, JSON.stringify([[account, deviceToken], ...others].slice(0, MAX_DEVICES)));
}
