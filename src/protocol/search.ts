// Search through what was said in one's rooms.
import { type Static, Type } from "@sinclair/typebox";
import { SEARCH_PAGE, SEARCH_QUERY_LIMIT, SEARCH_SECONDS } from "./limits.ts";
import { Message } from "./messages.ts";
import { IdText, Page, RoomKey } from "./types.ts";

/** What a message may be asked to have besides words. */
export const SEARCH_HAS = ["link", "image", "file", "voice", "video"] as const;
export type SearchHas = (typeof SEARCH_HAS)[number];

const Moment = (description: string) => Type.String({ format: "timestamp", description });

export const SearchQuery = Type.Object({
  query: Type.Optional(
    Type.String({
      format: "text",
      maxLength: SEARCH_QUERY_LIMIT * 2 + 1024, // Code units, white space around it included; the exact bound is checked after trimming.
      description: `The words that all must occur, the last one by its beginning; what is between quotation marks must occur as it is written. 1 to ${SEARCH_QUERY_LIMIT} characters after trimming; may be missing where \`from\`, \`has\` or \`mentions\` is given.`,
      examples: ["deploy"],
    }),
  ),
  room: Type.Optional({ ...RoomKey, description: "Only in this room." }),
  from: Type.Optional(IdText("Only of this sender.", 3)),
  after: Type.Optional(Moment("Only what was sent at this moment or later.")),
  before: Type.Optional(Moment("Only what was sent before this moment.")),
  has: Type.Optional(
    Type.Unsafe<SearchHas>(
      Type.Union(
        SEARCH_HAS.map((has) => Type.Literal(has)),
        { description: "Only messages with a link, or with an attachment of this kind." },
      ),
    ),
  ),
  mentions: Type.Optional(
    Type.Literal("me", { description: "Only messages that mention you or all, or reply to one of yours." }),
  ),
  cursor: Type.Optional(IdText("`next_cursor` of the page before.", 21)),
});
export type SearchQuery = Static<typeof SearchQuery>;

export const SearchResult = Type.Object(
  {
    message: Message,
    room: RoomKey,
    title: Type.String({
      description: "The name of the group, or of the other person of the conversation.",
      examples: ["Weekend"],
    }),
    highlights: Type.Array(Type.Array(Type.Integer({ minimum: 0 }), { minItems: 2, maxItems: 2 }), {
      description:
        "Where the words stand in the body: offset and length of each place, in Unicode code points, ascending and apart.",
      examples: [[[0, 5]]],
    }),
  },
  { title: "SearchResult" },
);
export type SearchResult = Static<typeof SearchResult>;

/** Newest first, up to SEARCH_PAGE. */
export const SearchPage = Type.Object({
  ...Page(SearchResult).properties,
  complete: Type.Boolean({
    description: `Whether everything that fits was found up to the page's end: not where it took more than ${SEARCH_SECONDS} s, nor while messages of your rooms are still being indexed. Pages have up to ${SEARCH_PAGE} results.`,
    examples: [true],
  }),
});
export type SearchPage = Static<typeof SearchPage>;
