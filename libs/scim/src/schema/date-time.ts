const xsdDateTime =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:Z|([+-])(\d\d):(\d\d))?)?$/i;

/**
 * The moment as ISO 8601 in UTC with milliseconds, so that text order is time order; undefined when the text
 * is no xsd:dateTime (RFC 7643 section 2.3.5). Without a zone it is taken as UTC, without a time as midnight.
 */
export function canonicalDateTime(text: string): string | undefined {
  const found = xsdDateTime.exec(text);
  if (!found) return undefined;
  const part = (at: number) => Number(found[at] ?? 0);
  const milliseconds = Math.trunc(Number(`0.${found[7] ?? 0}`) * 1000);
  const local = new Date(Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5), part(6), milliseconds));
  local.setUTCFullYear(part(1), part(2) - 1, part(3));
  const exists = local.getUTCMonth() === part(2) - 1 && part(4) < 24 && part(5) < 60 && part(6) < 60;
  if (!exists || part(9) > 14 || part(10) > 59) return undefined;
  const offset = (part(9) * 60 + part(10)) * (found[8] === '-' ? -1 : 1);
  const moment = new Date(local.getTime() - offset * 60_000);
  const year = moment.getUTCFullYear();
  return year >= 0 && year <= 9999 ? moment.toISOString() : undefined;
}
