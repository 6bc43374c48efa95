import type { OperationError } from '../report/operation.events.js';

const longest = 300;
const shortestValue = 3;

const particulars: [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>'],
  [/[^\s"'<>(),;:]+@[^\s"'<>(),;:]+\.[a-z0-9-]+/gi, '<address>'],
  [/https?:\/\/[^\s"'<>]+/gi, '<url>'],
  [/\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?/g, '<date>'],
  [/"[^"]*"|'[^']*'|„[^“]*“|“[^”]*”|‘[^’]*’|«[^»]*»/g, '<value>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/gi, '<id>'],
  [/(?<!HTTP |\d)\d+(?:[.,]\d+)*/g, '<number>'],
];

/**
 * What a failure comes to once ids, addresses, dates, numbers and the subject's own values are out of it: the same
 * for everybody who fails for the same reason. HTTP status codes stay: they are the reason.
 * @param values the subject's own, longest first
 */
export function causeOf({ kind, code, attribute, message }: OperationError, values: string[] = []): string {
  const lead = `${code ?? kind}${attribute ? ` (${attribute})` : ''}`;
  const nameless = values.reduce(
    (text, value) => text.replaceAll(new RegExp(escape(value), 'gi'), '<value>'),
    message,
  );
  const bare = particulars.reduce((text, [pattern, instead]) => text.replace(pattern, instead), nameless);
  return `${lead}: ${bare.replace(/\s+/g, ' ').trim()}`.slice(0, longest);
}

/** The texts in a user or group that a target may repeat, longest first. */
export function valuesIn(resource: Record<string, unknown> | undefined): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value.length >= shortestValue) found.add(value);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(resource);
  return [...found].toSorted((a, b) => b.length - a.length);
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
