import type { HttpAnswer } from './exchange.js';

type Secret = string | undefined;

/**
 * A refusal without the secrets that were sent: apps echo what they refuse, and none of it may reach a message or a
 * log. Answers that are no refusals stay as they are, since a short password is a part of many a value.
 */
export function withoutSecrets(
  answer: HttpAnswer,
  secrets: Secret[],
  refused = answer.status >= 300,
): HttpAnswer {
  if (!refused) return answer;
  const { location } = answer.headers;
  return {
    ...answer,
    text: textWithout(answer.text, secrets),
    headers: { ...answer.headers, ...(location && { location: textWithout(location, secrets) }) },
  };
}

function textWithout(text: string, secrets: Secret[]): string {
  const spellings = secrets.flatMap((secret) => (secret ? spellingsOf(secret) : []));
  return spellings.reduce((left, spelling) => left.replaceAll(spelling, '***'), text);
}

/** As it is, within JSON and within an address. */
const spellingsOf = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
];
