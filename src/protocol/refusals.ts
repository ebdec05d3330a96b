// Every reason for which a request or command is refused, with the sentence that people read. Services throw them
// (`new ChatError(muted)`), routes list those that they may give (`refusals(muted, notMember)`), and the OpenAPI document derives
// its prose and examples from these lists. What is wrong with a single field is said where that field is validated.
import type { ErrorCode } from "./errors.ts";
import type { RoomKind } from "./rooms.ts";
import type { Scope } from "./scopes.ts";

export interface Refusal<Code extends ErrorCode = ErrorCode> {
  readonly code: Code;
  /** A sentence for a person. */
  readonly detail: string;
  /** In whole seconds; for codes that a retry can cure. */
  readonly retryAfter?: number;
  /** Of a ban from the server: what its user may know. */
  readonly ban?: { readonly until?: string; readonly reason?: string };
}

const refusal = <const Code extends ErrorCode>(code: Code, detail: string, retryAfter?: number): Refusal<Code> =>
  retryAfter === undefined ? { code, detail } : { code, detail, retryAfter };

// Whatever a caller asks for.
export const notLoggedIn = refusal("unauthorized", "Log in first: the session is missing, has ended or has expired.");
export const keyNotAllowed = refusal("forbidden", "An API key can't do this; log in.");
export const scopeMissing = (scope: Scope) => refusal("forbidden", `The API key lacks the scope \`${scope}\`.`);
export const adminsOnly = refusal("forbidden", "Only those who run the server can do this.");
export const moderatorsOnly = refusal("forbidden", "Only moderators and those who run the server can do this.");
export const notOnYourself = refusal("forbidden", "You can't do this to yourself.");
export const moderatorsActOnUsers = refusal(
  "forbidden",
  "Moderators do this to users, and not to moderators and admins.",
);
export const noPassword = refusal("forbidden", "A bot has no password.");
export const lastAdmin = refusal("forbidden", "This is the only admin; give somebody else the role first.");
export const databaseUnavailable = refusal(
  "unavailable",
  "The database can't be reached right now; try again shortly.",
  1,
);
export const mayNotActForOthers = refusal(
  "forbidden",
  "Only a key with the scope `admin`, of somebody who runs the server, acts on behalf of others.",
);
export const issuerUnavailable = refusal(
  "unavailable",
  "The issuer of this token can't be reached right now; try again shortly.",
  5,
);
export const serverBusy = refusal("slow_down", "The server is busy; try again shortly.", 1);
export const changedConcurrently = refusal("slow_down", "Someone changed the same thing; try again.", 1);
export const internalError = refusal("internal", "Something went wrong on our side.");
/** `what` is counted, such as `messages`; `seconds` until the next try can succeed. */
export const tooMany = (what: string, seconds: number) =>
  refusal("slow_down", `Too many ${what}; try again in ${Math.ceil(seconds)} s.`, Math.ceil(seconds));
export const notFound = (what: string) => refusal("not_found", `The ${what} was not found.`);
export const roomNotFound = (kind: RoomKind) => notFound(kind === "direct" ? "conversation" : "group");
export const noSuchAddress = refusal("not_found", "There is nothing at this address.");
export const fileNotFound = refusal("not_found", "That file was not found.");

// Requests and their bodies.
export const badHost = refusal("bad_request", "The Host header must name one host.");
export const unknownCursor = refusal("bad_request", "The cursor is not one that a page gave.");
export const unreadableBody = refusal("bad_request", "The body could not be read.");
export const unsupportedContentType = refusal(
  "bad_request",
  "Send the body as application/json (a log-in may be a form).",
);
export const bodyTimeout = (seconds: number) => refusal("bad_request", `The body did not arrive within ${seconds} s.`);
export const bodyNotUtf8 = refusal("bad_request", "The body is not valid UTF-8.");
export const bodyNotJson = refusal("bad_request", "The body is not valid JSON.");
export const bodyTooLarge = (bytes: number) => refusal("too_large", `The body is larger than ${bytes / 1024} KiB.`);
export const nestedTooDeep = (what: string, levels: number) =>
  refusal("bad_request", `${what} is nested more than ${levels} levels deep.`);
export const formNotMultipart = refusal("bad_request", "The form is not valid multipart/form-data.");
export const formWithFiles = refusal("bad_request", "A form may hold no files.");
export const duplicateFormField = refusal("bad_request", "A form field is given twice.");
export const tooManyFormFields = (limit: number) => refusal("bad_request", `A form has at most ${limit} fields.`);
export const metricsTokenRequired = refusal("unauthorized", "These figures are for those who have the token.");

// Accounts.
export const wrongCredentials = refusal("bad_credentials", "The username or the password is wrong.");
export const wrongPassword = refusal("bad_credentials", "The present password is wrong.");
export const secondFactor = refusal(
  "second_factor",
  "This takes a code as well: of your authenticator app, or a recovery code.",
);
export const wrongCode = refusal("bad_credentials", "The code is wrong, or was used before.");
export const totpIsOn = refusal("already_enabled", "The second factor is on already; turn it off first.");
/** `until` is a timestamp of the wire, null for a ban without an end; the reason may be empty. */
export const accountBanned = (until: string | null, reason: string): Refusal<"account_banned"> => ({
  code: "account_banned",
  detail: `This account is banned${until === null ? "" : ` until ${until.slice(0, 16).replace("T", " ")} UTC`}.${reason === "" ? "" : ` Reason: ${reason}`}`,
  ban: { ...(until !== null && { until }), ...(reason !== "" && { reason }) },
});
export const passwordNeeded = refusal("forbidden", "Set a password first: the second factor stands beside it.");
export const logInAgain = refusal("log_in_again", "Log in again first: this takes a log-in of the last 15 minutes.");
export const passkeysOff = refusal(
  "forbidden",
  "There are no passkeys at this address; ask whoever runs the server to set its PUBLIC_URL.",
);
export const passkeyRefused = refusal("bad_credentials", "This passkey is not known here, or the attempt has expired.");
export const tooManyPasskeys = (limit: number) =>
  refusal("quota", `You have ${limit} passkeys; remove one that you don't use.`);
/** Of every call that asks for the account's owner (`confirmOwner`). */
export const notOwner = [wrongPassword, wrongCode, secondFactor, logInAgain] as const;
export const signOnExpired = refusal(
  "not_found",
  "This log-in has expired, was used already, or was begun in another window; begin again.",
);
export const signOnDenied = refusal("sign_on_failed", "The provider did not let you in, or you cancelled.");
export const signOnUnavailable = refusal(
  "sign_on_failed",
  "The provider did not respond as it should; try again shortly.",
);
export const signOnFailed = refusal("sign_on_failed", "What the provider sent could not be trusted; begin again.");
export const signOnUnknown = refusal(
  "sign_on_failed",
  "Nobody here has this account of the provider. Log in another way, and link it in the settings.",
);
export const signOnNotAllowed = refusal(
  "sign_on_failed",
  "The provider confirms no e-mail address of yours that may come in here.",
);
export const signOnClosed = refusal("sign_on_failed", "This account is closed; ask whoever runs this server.");
export const providerUnavailable = refusal(
  "unavailable",
  "The provider can't be reached right now; try again shortly.",
  5,
);
export const linkedElsewhere = refusal(
  "already_linked",
  "This account of the provider belongs to somebody else here already.",
);
export const linkedAlready = refusal(
  "already_linked",
  "Another account of this provider is linked already; unlink it first.",
);
export const lastWayIn = refusal("last_way_in", "This is your only way to log in; set a password first.");
export const foreignOrigin = refusal("forbidden", "Pages of this web origin may not log in here.");
export const usernameTaken = refusal("username_taken", "This username is taken.");
export const registrationClosed = refusal("forbidden", "This server takes no new accounts; ask whoever runs it.");
export const proofRequired = refusal(
  "proof_required",
  "Many accounts are being created: solve a challenge first, and send the proof of this work.",
);
export const noChallenge = refusal("not_found", "Creating an account here takes no proof of work.");
export const inviteRequired = refusal(
  "forbidden",
  "Accounts are created here by invitation only: open the link of an invite.",
);
export const inviteClosed = refusal("closed", "This invite has run out, or as many people as it is for have used it.");
export const emailTaken = refusal("email_taken", "This e-mail address has an account already.");
export const nameTaken = refusal("name_taken", "This display name is, or looks like, somebody else's username.");
export const mailOff = refusal("forbidden", "This server sends no mail; ask whoever runs it.");
export const mailUsedUp = refusal(
  "slow_down",
  "Several mails were sent to you within the hour; look for them first.",
  3600,
);
export const exportUnderWay = refusal("slow_down", "An export of yours is under way; wait for it to end.", 10);
export const tooManyLogins = refusal("slow_down", "Too many people are logging in just now; try again shortly.", 2);

// Friends, blocks and conversations.
export const cannotBefriendSelf = refusal("bad_request", "You can't befriend yourself.");
export const botsHaveNoFriends = refusal("forbidden", "Bots are nobody's friends; write to them instead.");
export const alreadyFriends = refusal("already_friends", "You are friends already.");
export const alreadyRequested = refusal("already_requested", "Your request is waiting for an answer already.");
export const alreadyAnswered = (status: "accepted" | "declined") =>
  refusal("already_answered", `This request was ${status} already.`);
export const requestDeclined = (seconds: number) =>
  refusal("slow_down", "This person declined your request; ask again after a day.", seconds);
export const cannotBlockSelf = refusal("bad_request", "You can't block yourself.");
export const userBlocked = refusal("blocked", "You have blocked this person; unblock them first.");
export const cannotConverseWithSelf = refusal("bad_request", "You can't have a conversation with yourself.");

// Messages.
export const botMayNotBegin = refusal("forbidden", "A bot writes only to those who have begun a conversation with it.");
export const recipientBlocked = refusal("blocked", "You have blocked this person; unblock them to write.");
/** To someone whom the other one blocks, which must not show. */
export const cannotWrite = refusal("forbidden", "You can't write in this conversation.");
export const muted = refusal("muted", "You are muted in this group.");
export const notAuthor = refusal("forbidden", "Only its author can edit a message.");
export const mayNotDelete = refusal("forbidden", "Only its author, an admin or the owner can delete a message.");
export const mayNotMentionAll = refusal(
  "forbidden",
  "Only an admin or the owner can mention everyone in a large group.",
);
export const fileNotReady = refusal("not_ready", "The file is not complete, or still being checked.");
export const messageDeleted = refusal("message_deleted", "This message was deleted.");
export const ambiguousPage = refusal("bad_request", "Give one of page, before, after and around.");
export const messageNotStored = refusal("internal", "The message could not be stored.");
export const readPositionNotStored = refusal("internal", "The read position could not be stored.");
export const tooManyChanges = refusal("slow_down", "Too many of your changes are under way; try again shortly.", 1);

export const searchIsOff = refusal("not_found", "This server does not search messages.");

// Groups.
export const notMember = refusal("forbidden", "Join the group first.");
export const adminRequired = refusal("forbidden", "Only an admin or the owner can do this.");
export const ownerRequired = refusal("forbidden", "Only the owner can do this.");
export const rankTooLow = refusal("forbidden", "You can't do this to someone of your rank or above.");
export const onlyFriendsAdd = refusal("forbidden", "Only friends can add this person to a group.");
export const youAreBanned = refusal("banned", "You are banned from this group.");
export const userBanned = refusal("banned", "This person is banned from the group; lift the ban first.");
export const cannotBanSelf = refusal("bad_request", "You can't ban yourself.");
export const youAreMember = refusal("already_member", "You are a member already.");
export const userIsMember = refusal("already_member", "This person is a member already.");
export const ownerMustStay = refusal(
  "owner_must_stay",
  "Hand the group over to someone, or delete it; its owner can't leave.",
);
export const ownRole = refusal("bad_request", "Hand the group over to someone else instead.");

// Reports.
export const alreadyReported = refusal("already_reported", "You have reported this already; it is being looked at.");
export const cannotReportSelf = refusal("bad_request", "You can't report yourself.");
export const reportClosed = refusal("closed", "This report was closed already.");

// Files.
export const fileTooLarge = (bytes: number) =>
  refusal("too_large", `The file is larger than ${Math.floor(bytes / 1024 ** 2)} MiB.`);
export const fileQuota = refusal("quota", "Your files take all the space that you have; delete some.");
export const tooManyUploads = (limit: number) =>
  refusal("slow_down", `You have ${limit} unfinished uploads; finish or delete some.`, 60);
export const filesUnavailable = refusal("unavailable", "Files can't be stored right now; try again later.", 60);
export const wrongOffset = refusal("wrong_offset", "The upload is at another offset; ask for it with HEAD.");
export const notAnImage = refusal("unsupported", "This is not an image that can be shown; send it as a file.");
export const notTus = refusal("bad_request", "The request is not one of tus 1.0.");
export const badFileToken = refusal("unauthorized", "The token for files is missing, or has expired.");
export const noFileInForm = refusal("bad_request", "The form must have one file, in the field `file`.");
export const badRange = (size: number) => refusal("bad_range", `The range lies outside the ${size} bytes of the file.`);

// Sockets.
export const webSocketExpected = refusal("bad_request", "This address takes WebSocket connections.");
export const frameNotObject = refusal("bad_request", "A frame is a JSON object, as text.");
export const unknownCommand = refusal("bad_request", "There is no command of this type.");
export const commandOfOtherSocket = refusal("bad_request", "This command does not belong to this kind of socket.");
export const otherRoom = refusal("bad_request", "This socket belongs to another room.");
export const invalidToken = refusal("unauthorized", "The token is not valid.");
export const tokenOfOtherUser = refusal("forbidden", "This token is someone else's.");
export const resumeUnderWay = refusal("slow_down", "A resume is under way; wait for `resumed`.", 1);
export const tooManyCommands = (limit: number) =>
  refusal("slow_down", `More than ${limit} commands are under way on this socket.`, 1);
