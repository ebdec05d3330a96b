// Uploaded files: their shapes, and the events that tell their owner what became of them.
import { type Static, Type } from "@sinclair/typebox";
import { defineEphemeralEvent } from "./define.ts";
import {
  FILE_ALT_LIMIT,
  FILE_DIMENSION_LIMIT,
  FILE_DURATION_LIMIT_MS,
  FILE_NAME_LIMIT,
  FILE_PREVIEW_LIMIT,
  WAVEFORM_LIMIT,
  WAVEFORM_MAX,
} from "./limits.ts";
import { Id, Timestamp, Uuid } from "./types.ts";

/** What a file is shown as. An `image` is decoded and written anew; every other kind is kept byte for byte. */
export const FILE_KINDS = ["image", "file", "voice", "video"] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export const FILE_STATES = ["uploading", "checking", "ready", "refused"] as const;
export type FileState = (typeof FILE_STATES)[number];

export const FileKind = Type.Unsafe<FileKind>(
  Type.Union(
    FILE_KINDS.map((kind) => Type.Literal(kind)),
    { description: "What it is shown as.", examples: ["image"] },
  ),
);

/** What whoever uploads a file may say of it. */
export const fileDetails = {
  duration_ms: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: FILE_DURATION_LIMIT_MS,
      description: "How long a recording lasts.",
      examples: [4200],
    }),
  ),
  waveform: Type.Optional(
    Type.Array(Type.Integer({ minimum: 0, maximum: WAVEFORM_MAX }), {
      maxItems: WAVEFORM_LIMIT,
      description: `The loudness of a recording, from its beginning to its end: up to ${WAVEFORM_LIMIT} numbers from 0 to ${WAVEFORM_MAX}.`,
      examples: [[0, 12, 31, 8]],
    }),
  ),
  alt: Type.Optional(
    Type.String({
      format: "text",
      maxLength: FILE_ALT_LIMIT,
      description: "What it shows, for those who can't see it.",
      examples: ["A cat on a sofa"],
    }),
  ),
};

const dimension = (description: string, example: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: FILE_DIMENSION_LIMIT, description, examples: [example] }));

/** What the server has found out about an image; of a video `width` and `height`, as its uploader says. */
const imageDetails = {
  width: dimension("In pixels.", 1200),
  height: dimension("In pixels.", 800),
  preview: Type.Optional(
    Type.String({
      maxLength: FILE_PREVIEW_LIMIT,
      description: "A blurred picture of a few pixels as a data URL, to be shown until the image is there.",
      examples: ["data:image/png;base64,iVBORw0KGgo="],
    }),
  ),
};

const attachmentFields = {
  id: Id("File id.", 17),
  kind: FileKind,
  name: Type.String({ maxLength: FILE_NAME_LIMIT, description: "Its name, for people.", examples: ["cat.webp"] }),
  mime: Type.String({
    description: "Its media type, by its bytes; `application/octet-stream` where they show none.",
    examples: ["image/webp"],
  }),
  size: Type.Integer({ minimum: 0, description: "In bytes.", examples: [182044] }),
};

/** A file as a message has it. */
export const Attachment = Type.Object(
  { ...attachmentFields, ...imageDetails, ...fileDetails },
  { title: "Attachment" },
);
export type Attachment = Static<typeof Attachment>;
export type FileDetails = Omit<Attachment, keyof typeof attachmentFields>;

/** A file as its owner sees it. */
export const UploadedFile = Type.Object(
  {
    ...attachmentFields,
    received: Type.Integer({ minimum: 0, description: "How many bytes have arrived.", examples: [182044] }),
    state: Type.Unsafe<FileState>(
      Type.Union(
        FILE_STATES.map((state) => Type.Literal(state)),
        {
          description:
            "`uploading` until all of it is there, `checking` until it is processed, then `ready`, or `refused` for good.",
          examples: ["ready"],
        },
      ),
    ),
    ...imageDetails,
    ...fileDetails,
  },
  { title: "File" },
);
export type UploadedFile = Static<typeof UploadedFile>;

/** What a form has beside the file. */
export const FileFields = Type.Object({
  kind: Type.Optional(FileKind),
  client_id: Type.Optional(Uuid("Your own id for the file: uploaded again with the same one, it is stored once.")),
  ...fileDetails,
  width: dimension("Of a `video`, in pixels; ignored with any other kind.", 1280),
  height: dimension("Of a `video`, in pixels; ignored with any other kind.", 720),
});

export const FileToken = Type.Object(
  {
    token: Type.String({ description: "Goes into the address of a file.", examples: ["eyJhbGciOiJIUzI1NiJ9…"] }),
    expires_at: Timestamp("When it ends by itself; the session may end it before."),
  },
  { title: "FileToken" },
);

export const fileReady = defineEphemeralEvent({
  account: {
    type: "file.ready",
    data: UploadedFile,
    summary: "A file of yours can be sent.",
    example: { data: { state: "ready" } },
  },
});

export const fileRefused = defineEphemeralEvent({
  account: {
    type: "file.refused",
    data: UploadedFile,
    summary: "A file of yours can't be sent: it is no image that can be shown, or the check has refused it.",
    example: { data: { state: "refused" } },
  },
});

export const fileEvents = [fileReady, fileRefused] as const;
