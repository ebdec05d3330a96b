// What the documents say of the routes of files beyond their schemas: headers of tus, and bodies that are no JSON.
import { type TSchema, Type } from "@sinclair/typebox";
import { bodyOf, bytes } from "../../http/responses.ts";
import { FileFields } from "../../protocol/files.ts";

const header = (description: string, example: string) =>
  Type.Optional(Type.String({ description, examples: [example] }));

const resumable = { "tus-resumable": header("The version of tus: `1.0.0`.", "1.0.0") };

/** Of a request that begins an upload by tus. */
export const CREATION_HEADERS = Type.Object({
  ...resumable,
  "upload-length": header("With tus: how large the file is, in bytes.", "182044"),
  "upload-metadata": header(
    "With tus: `filename`, `kind`, `client_id`, `alt`, `duration_ms`, `waveform` (numbers with commas between them), and of a video `width` and `height`, each with its value in base64.",
    "filename Y2F0LmpwZw==,kind aW1hZ2U=",
  ),
});

/** Of a request about an upload. */
export const UPLOAD_HEADERS = Type.Object(resumable);
export const APPEND_HEADERS = Type.Object({
  ...resumable,
  "upload-offset": header("Where the bytes of the body belong: where the upload is.", "65536"),
});

const OFFSET = { description: "How many bytes have arrived.", example: "65536" };
const EXPIRES = { description: "Until when the rest must begin to come.", example: "Wed, 14 Jan 2026 17:00:29 GMT" };
export const APPENDED = { "Upload-Offset": OFFSET, "Upload-Expires": EXPIRES };
export const UPLOAD = {
  "Upload-Offset": OFFSET,
  "Upload-Length": { description: "How large the file is, in bytes.", example: "182044" },
};
export const ABILITIES = {
  "Tus-Version": { description: "The versions of tus.", example: "1.0.0" },
  "Tus-Extension": { description: "Its extensions.", example: "creation,creation-with-upload,termination,expiration" },
  "Tus-Max-Size": { description: "The largest file, in bytes.", example: "104857600" },
};

const FORM = "multipart/form-data";
const PIECE = "application/offset+octet-stream";

/** As OpenAPI has it: of a type that is read by the route itself. */
const bodyOfType = (contentType: string, schema: TSchema) => ({
  required: true,
  content: { [contentType]: { schema: bodyOf(schema, contentType) } as object },
});

export const formBody = bodyOfType(
  FORM,
  Type.Object({ file: bytes("The file, with its name."), ...FileFields.properties }),
);
export const pieceBody = bodyOfType(PIECE, bytes("What follows, up to all of the rest."));
