// What a new password may not be, whether it comes by registering, a change or a reset. Its length is the schema's (NewPassword).
import { invalid } from "../../lib/errors.ts";
import { foldName } from "../../lib/names.ts";

/**
 * How many of the most common passwords are refused. At the hundred failures an hour that an account allows to all of the internet
 * together, trying so many takes days; OWASP ASVS asks for 3,000.
 */
const COMMON_PASSWORDS = 10_000;
/** Shorter names stand in many a good password by chance. */
const SHORTEST_NAME = 3;
/** So many letters beside the name make it another password. */
const LETTERS_BESIDE = 4;

/** Whose password it is. */
interface Owner {
  username: string;
  email: string | null;
}

/**
 * Throws `invalid` for the field with a password that is like its owner's name or address or, unless they are allowed, among the most
 * common ones.
 */
export async function requireGoodPassword(
  field: string,
  password: string,
  { username, email }: Owner,
  config: { allowsCommonPasswords: boolean },
): Promise<void> {
  const folded = foldName(password);
  if (isLike(folded, username)) throw invalid(field, "is too much like the username");
  if (email !== null && [email, email.slice(0, email.lastIndexOf("@"))].some((name) => isLike(folded, name)))
    throw invalid(field, "is too much like the e-mail address");
  if (config.allowsCommonPasswords) return;
  common ??= loadCommon();
  if ((await common).has(folded)) throw invalid(field, "is one of the most common passwords; choose another one");
}

/** Whether a folded password is a part of the name, or the name with little but digits and signs around it. */
function isLike(password: string, name: string): boolean {
  const whole = foldName(name);
  const withoutNumber = whole.replace(/[\p{N}\p{P}]+$/u, "");
  return [whole, withoutNumber].some((word) => {
    if (word.length < SHORTEST_NAME) return false;
    if (word.includes(password)) return true;
    if (!password.includes(word)) return false;
    return (password.replaceAll(word, "").match(/\p{L}/gu)?.length ?? 0) < LETTERS_BESIDE;
  });
}

let common: Promise<ReadonlySet<string>> | undefined;

/** Loaded with the first password that is set: the list takes 12 ms and some megabytes. It is ordered by how common they are. */
async function loadCommon(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"].slice(0, COMMON_PASSWORDS));
}
