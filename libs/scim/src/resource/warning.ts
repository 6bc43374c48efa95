/** Something understood though it was not quite right: for the log that the client's administrator reads. */
export interface Warning {
  path: string;
  detail: string;
}

const longestName = 200;

/** A name or value of the client as it stands in a warning. */
export const excerpt = (text: string) =>
  text.length > longestName ? `${text.slice(0, longestName)}…` : text;

/** Names count regardless of case (RFC 7643 section 2.1); what is answered has the schema's spelling. */
export function noteCase(given: string, name: string, path: string, warnings: Warning[]): void {
  if (given !== name) warnings.push({ path, detail: `${excerpt(given)} is spelled ${name} in the schema.` });
}

/** A message (RFC 7644) names its schema. */
export function noteSchema({ schemas }: { schemas?: unknown }, expected: string, warnings: Warning[]): void {
  const named =
    Array.isArray(schemas) &&
    schemas.some((urn) => typeof urn === 'string' && urn.toLowerCase() === expected.toLowerCase());
  if (!named) warnings.push({ path: 'schemas', detail: `schemas does not name ${expected}.` });
}
