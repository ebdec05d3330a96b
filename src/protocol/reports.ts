// Reports: what people tell those who keep order, about a message, a person or a group. Never told to whom it is about.
import { type Static, Type } from "@sinclair/typebox";
import { AdminReason, BanEnd } from "./admin.ts";
import { defineEphemeralEvent } from "./define.ts";
import { Entity } from "./entities.ts";
import { FileKind } from "./files.ts";
import { REPORT_COMMENT_LIMIT, REPORT_DAYS } from "./limits.ts";
import { Id, Nullable, RoomKey, Timestamp, UUID_EXAMPLE, Uuid } from "./types.ts";
import { Person } from "./users.ts";

export const REPORT_KINDS = ["message", "user", "group"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];
export const REPORT_REASONS = ["spam", "abuse", "illegal", "other"] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];
export const REPORT_STATES = ["open", "resolved", "dismissed"] as const;
export type ReportStatus = (typeof REPORT_STATES)[number];
/** What may be done together with closing a report: by a group's admins, and by moderators. */
export const GROUP_REPORT_ACTIONS = ["delete_message", "ban_user"] as const;
export const REPORT_ACTIONS = ["delete_message", "delete_group", "ban_user"] as const;
export type ReportAction = (typeof REPORT_ACTIONS)[number];

const oneOf = <const Values extends readonly string[]>(values: Values, description: string) =>
  Type.Unsafe<Values[number]>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      { description, examples: [values[0]] },
    ),
  );

const kind = oneOf(REPORT_KINDS, "What it is about.");
const reason = oneOf(REPORT_REASONS, "What is wrong with it.");
const comment = "What the reporter says of it";

export const NewReport = Type.Object(
  {
    message_id: Type.Optional(Id("The message; in place of `user_id` and `group_id`.", 21)),
    user_id: Type.Optional(Id("The person.", 3)),
    group_id: Type.Optional(Id("The group.", 9)),
    reason,
    comment: Type.Optional(
      Type.String({
        format: "text",
        maxLength: REPORT_COMMENT_LIMIT * 2 + 1024, // Code units, white space around it included.
        description: `${comment}: up to ${REPORT_COMMENT_LIMIT} characters.`,
        examples: ["The same advertisement in every group"],
      }),
    ),
    client_id: Uuid("Your own id for the report: sent again with the same one, it is stored once."),
  },
  { examples: [{ message_id: 21, reason: "spam", client_id: UUID_EXAMPLE }] },
);
export type NewReport = Static<typeof NewReport>;

/** What the reporter gets. */
export const CreatedReport = Type.Object(
  { id: Id("Report id.", 12), kind, reason, created_at: Timestamp("When it was stored.") },
  { title: "CreatedReport" },
);
export type CreatedReport = Static<typeof CreatedReport>;

/** A message as it was when it was reported: the one copy that outlives its deletion. */
export const ReportedMessage = Type.Object(
  {
    id: Id("Message id.", 21),
    room: RoomKey,
    sender: Person,
    body: Type.String({ description: "Its text as it was.", examples: ["Buy this!"] }),
    entities: Type.Optional(Type.Array(Entity, { description: "Its formatting and mentions; left out without any." })),
    attachments: Type.Optional(
      Type.Array(Type.Object({ kind: FileKind, name: Type.String({ examples: ["offer.pdf"] }) }), {
        description: "What files it had, by their names; left out without any. The files go with the message.",
      }),
    ),
    deleted: Type.Optional(Type.Literal(true, { description: "Set once the message is deleted.", examples: [true] })),
  },
  { title: "ReportedMessage" },
);
export type ReportedMessage = Static<typeof ReportedMessage>;

const report = {
  id: Id("Report id.", 12),
  kind,
  reason,
  comment: Type.String({ description: `${comment}; empty without.`, examples: ["The same in every group"] }),
  status: oneOf(REPORT_STATES, "Whether it is still to be looked at."),
  created_at: Timestamp("When it was stored."),
  message: Type.Optional(ReportedMessage),
  closed_by: Nullable(Person),
  closed_at: Nullable(Timestamp(`When it was closed; ${REPORT_DAYS} days later it is gone.`)),
};

/** As a group's admins see it: not who reported. */
export const GroupReport = Type.Object(report, { title: "GroupReport" });
export type GroupReport = Static<typeof GroupReport>;

/** As moderators see it. */
export const Report = Type.Object(
  {
    ...report,
    user: Type.Optional(Person),
    group: Type.Optional(
      Type.Object(
        { id: Id("The group.", 9), name: Type.String({ examples: ["Weekend"] }) },
        { description: "The group, or that of the message, with its name as it was." },
      ),
    ),
    reporter: Nullable(Person),
    group_status: Type.Optional(
      oneOf(REPORT_STATES, "Of a group's message: what the admins of the group have decided."),
    ),
  },
  { title: "Report" },
);
export type Report = Static<typeof Report>;

/** What closes a report, with one or several of these actions. */
const closing = <const Actions extends readonly string[]>(known: Actions, description: string) => ({
  status: oneOf(["resolved", "dismissed"], "`dismissed`: there was nothing to do."),
  action: Type.Optional(oneOf(["none", ...known], `What is done with it, with \`resolved\` alone: ${description}`)),
  actions: Type.Optional(
    Type.Array(oneOf(known, "One of them."), {
      maxItems: known.length,
      uniqueItems: true,
      description: "In place of `action`, several.",
      examples: [[known[0]]],
    }),
  ),
});

export const GroupReportUpdate = Type.Object(
  closing(GROUP_REPORT_ACTIONS, "the message is deleted, or its sender banned from the group."),
);
export type GroupReportUpdate = Static<typeof GroupReportUpdate>;

export const ReportUpdate = Type.Object({
  ...closing(
    REPORT_ACTIONS,
    "the message is deleted, or the group with everything in it, or the person, or sender, banned from the server.",
  ),
  banned_until: Type.Optional(BanEnd("With `ban_user`: until when; `forever` unless told.")),
  reason: AdminReason.properties.reason,
});
export type ReportUpdate = Static<typeof ReportUpdate>;

export const ReportQuery = Type.Object({
  status: Type.Optional(oneOf(REPORT_STATES, "`open` unless told.")),
});

export const reportCreated = defineEphemeralEvent({
  account: {
    type: "report.created",
    data: Type.Object({
      report_id: Id("The report.", 12),
      group_id: Type.Optional(Id("Of a group's message: the group.", 9)),
    }),
    summary: "Something was reported: to moderators, and to the admins of the group that the message is of.",
  },
});
export const reportEvents = [reportCreated] as const;
