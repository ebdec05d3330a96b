// One frame on the page of the sockets: what it is for, its fields, examples. Also the shapes that several frames share.
import type { AsyncApi, Message } from "../asyncapi/asyncapi.ts";
import type { Frame } from "../asyncapi/frames.ts";
import { CHANNEL_TEXTS, count } from "../asyncapi/texts.ts";
import type { JsonSchema } from "../json-schema.ts";
import { type Html, html, json, prose } from "./html.ts";

interface Field {
  name: string;
  isOptional: boolean;
  schema: JsonSchema;
}

const shapeName = (ref: string) => ref.split("/").at(-1)!;

const isNull = (schema: JsonSchema) => schema.type === "null";

/** Every field, those of nested objects by their path: `data.members[].user_id`. Shapes are not opened. */
function fieldsOf(schema: JsonSchema, prefix = ""): Field[] {
  const named = Object.entries(schema.properties ?? {}).map(
    ([name, part]): Field => ({
      name: `${prefix}${name}`,
      isOptional: !schema.required?.includes(name),
      schema: part,
    }),
  );
  const keyed = Object.values((schema.patternProperties as Record<string, JsonSchema>) ?? {}).map(
    (part): Field => ({ name: `${prefix}<room>`, isOptional: false, schema: part }),
  );
  return [...named, ...keyed].flatMap((field) => {
    const inner = field.schema.items
      ? fieldsOf(field.schema.items, `${field.name}[].`)
      : fieldsOf(field.schema, `${field.name}.`);
    // `data` says nothing by itself when its fields follow.
    return field.name === "data" && inner.length > 0 ? inner : [field, ...inner];
  });
}

function typeOf(schema: JsonSchema): Html {
  if (schema.$ref) return html`<a href="#shape.${shapeName(schema.$ref)}">${shapeName(schema.$ref)}</a>`;
  if (schema.anyOf) {
    const options = schema.anyOf.filter((option) => !isNull(option)).map(typeOf);
    if (schema.anyOf.some(isNull)) options.push(html`null`);
    return html`${options.map((option, index) => [index > 0 ? " or " : "", option])}`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.format === "date-time") return html`timestamp`;
  if (schema.format === "uuid") return html`UUID`;
  if (schema.type === "array") return html`list of ${schema.items?.type}s`;
  return html`${schema.type ?? "anything"}`;
}

// A text's own words say what is counted, and when; the schema's bound is looser then.
const isToldInWords = (schema: JsonSchema) => schema.description?.includes("characters") ?? false;

/** What a value must keep to besides its type; bounds that no client can meet are left out. */
function boundsOf(schema: JsonSchema): Html[] {
  const { minimum, maximum, maxLength, maxProperties, pattern, patternProperties } = schema;
  const bounds: Html[] = [];
  if (schema.enum)
    bounds.push(html`${schema.enum.map((value, i) => [i > 0 ? " · " : "", html`<code>${String(value)}</code>`])}`);
  if (minimum !== undefined) bounds.push(html`at least ${count(minimum)}`);
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) bounds.push(html`at most ${count(maximum)}`);
  if (maxLength !== undefined && !isToldInWords(schema))
    bounds.push(html`up to ${count(Number(maxLength))} characters`);
  if (maxProperties !== undefined) bounds.push(html`up to ${count(Number(maxProperties))} entries`);
  if (pattern !== undefined) bounds.push(html`<code>${String(pattern)}</code>`);
  if (patternProperties) bounds.push(html`keys like <code>conversation:1</code>, <code>group:9</code>`);
  return [...bounds, ...(schema.anyOf ?? []).flatMap(boundsOf)];
}

function fieldTable(schema: JsonSchema, of: string): Html {
  const rows = fieldsOf(schema).map(({ name, isOptional, schema: part }) => {
    const bounds = boundsOf(part).map((bound, index) => [index > 0 ? html`; ` : "", bound]);
    return html`<tr>
      <th scope="row"><code>${name}</code>${isOptional && html` <span class="optional">optional</span>`}</th>
      <td data-of="Type">${typeOf(part)}</td>
      <td data-of="Bounds">${bounds}</td>
      <td data-of="Meaning">${part.description && prose(part.description)}</td>
    </tr>`;
  });
  return html`<table class="fields" aria-label="Fields of ${of}">
    <thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Bounds</th><th scope="col">Meaning</th></tr></thead>
    <tbody>${rows}</tbody>
  </table>`;
}

const codeBlock = (label: string, code: Html) =>
  html`<pre tabindex="0" role="region" aria-label="${label}"><code>${code}</code></pre>`;

/** A frame as a section that its key leads to. */
export function frameSection(frame: Frame, message: Message): Html {
  const places = frame.channels.map((channel) => CHANNEL_TEXTS[channel].address);
  const examples = message.examples.map(
    ({ summary, payload }) => html`<figure>
      <figcaption>${summary ? prose(summary) : "Example"}</figcaption>
      ${codeBlock(`Example of ${frame.type}`, json(payload))}
    </figure>`,
  );
  return html`<section class="frame" id="${frame.key}" aria-labelledby="${frame.key}.title">
    <h3 id="${frame.key}.title"><a href="#${frame.key}">${frame.type}</a> <span class="role ${frame.role}">${frame.role}</span></h3>
    <p>${prose(message.summary)}</p>
    ${frame.role !== "command" && html`<p class="places">On ${places.map((place, i) => [i > 0 ? ", " : "", html`<code>${place}</code>`])}</p>`}
    <div class="sides"><div>${fieldTable(message.payload, frame.type)}</div><div>${examples}</div></div>
  </section>`;
}

/** A shape that several frames carry. */
export const shapeSection = (
  name: string,
  schema: JsonSchema,
): Html => html`<section class="frame" id="shape.${name}" aria-labelledby="shape.${name}.title">
  <h3 id="shape.${name}.title"><a href="#shape.${name}">${name}</a></h3>
  ${fieldTable(schema, name)}
</section>`;

/** The frames as short links, for those who look for one. */
export const frameLinks = (frames: Frame[]): Html =>
  html`<ul class="links">${frames.map(({ key, type }) => html`<li><a href="#${key}"><code>${type}</code></a></li>`)}</ul>`;

export const messageOf = (document: AsyncApi, frame: Frame): Message => document.components.messages[frame.key]!;
