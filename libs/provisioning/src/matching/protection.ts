import type { Attributes } from '@rollcall/connectors';

/**
 * Accounts, groups and people a connection never touches: by an attribute at the target (a value, or a pattern in
 * which * stands for anything; both regardless of case), by the target's id, or by the hub's id.
 */
export type ProtectedRule =
  | { attribute: string; value: string }
  | { attribute: string; pattern: string }
  | { remoteId: string }
  | { subjectId: string };

export interface Protection {
  attributes: { attribute: string; matches(value: string): boolean; text: string }[];
  remoteIds: ReadonlySet<string>;
  subjectIds: ReadonlySet<string>;
  /** Attributes no mapping writes: what an account has there is known only by looking. */
  unmapped: string[];
}

/** @param mapped the target attributes that mappings write */
export function compileProtection(rules: ProtectedRule[], mapped: string[]): Protection {
  const attributes = rules.flatMap((rule) => {
    if (!('attribute' in rule)) return [];
    const text = 'value' in rule ? rule.value : rule.pattern;
    const matches = 'value' in rule ? sameText(rule.value) : wildcard(rule.pattern);
    return [{ attribute: rule.attribute, matches, text: `${rule.attribute} is ${text}` }];
  });
  const known = new Set(mapped.map((attribute) => attribute.toLowerCase()));
  return {
    attributes,
    remoteIds: new Set(rules.flatMap((rule) => ('remoteId' in rule ? [rule.remoteId] : []))),
    subjectIds: new Set(rules.flatMap((rule) => ('subjectId' in rule ? [rule.subjectId] : []))),
    unmapped: attributes
      .map(({ attribute }) => attribute)
      .filter((attribute) => !known.has(attribute.toLowerCase())),
  };
}

/** Why an account or group at the target is not touched; undefined when it may be. */
export function protectedObject(
  { attributes, remoteIds }: Protection,
  remoteId: string | undefined,
  values: Attributes,
): string | undefined {
  if (remoteId !== undefined && remoteIds.has(remoteId)) return `its id there is ${remoteId}`;
  return attributes.find(({ attribute, matches }) => matchesAny(valueOf(values, attribute), matches))?.text;
}

/** Whether a value must not be given to anybody, since it makes the account a protected one. */
export function protectedValue(
  { attributes }: Protection,
  attribute: string,
  value: unknown,
): string | undefined {
  const lower = attribute.toLowerCase();
  return attributes.find((rule) => rule.attribute.toLowerCase() === lower && matchesAny(value, rule.matches))
    ?.text;
}

function valueOf(values: Attributes, attribute: string): unknown {
  if (Object.hasOwn(values, attribute)) return values[attribute];
  const lower = attribute.toLowerCase();
  return Object.entries(values).find(([name]) => name.toLowerCase() === lower)?.[1];
}

function matchesAny(value: unknown, matches: (text: string) => boolean): boolean {
  if (Array.isArray(value)) return value.some((each) => matchesAny(each, matches));
  if (typeof value === 'object' && value !== null)
    return matchesAny((value as { value?: unknown }).value, matches);
  return value !== undefined && value !== null && matches(String(value));
}

function sameText(wanted: string): (text: string) => boolean {
  const lower = wanted.toLowerCase();
  return (text) => text.toLowerCase() === lower;
}

/** Takes time in proportion to the text, however many stars there are. */
function wildcard(pattern: string): (text: string) => boolean {
  const parts = pattern.toLowerCase().split('*');
  const first = parts[0]!;
  const last = parts.at(-1)!;
  return (given) => {
    const text = given.toLowerCase();
    if (parts.length === 1) return text === first;
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= text.length - last.length;
  };
}
