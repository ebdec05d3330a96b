// What entities may be, what a link may lead to, and what a language may be called. It imports nothing, so that clients may use
// it at run time.

export const ENTITY_TYPES = [
  "bold",
  "italic",
  "strike",
  "code",
  "pre",
  "quote",
  "spoiler",
  "link",
  "mention",
  "mention_all",
] as const;
export type EntityType = (typeof ENTITY_TYPES)[number];

/** What an entity says besides its range. */
export interface EntityValues {
  type: EntityType;
  /** Of a `link`. */
  url?: string;
  /** Of a `pre`. */
  language?: string;
  /** Of a `mention`. */
  user_id?: number;
}

/** An entity, by the range of code points that it is of. */
export interface EntityRange extends EntityValues {
  offset: number;
  length: number;
}

const SAFE_PROTOCOLS = ["http:", "https:", "mailto:"];
export const isSafeUrl = (url: string) => URL.canParse(url) && SAFE_PROTOCOLS.includes(new URL(url).protocol);

export const isLanguage = (name: string) => /^[\w+#.-]+$/.test(name);
