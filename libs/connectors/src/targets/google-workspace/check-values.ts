import type { AttributeChange, Attributes, Refusal, SubjectType } from '../../contract.js';

const required: Record<SubjectType, string[]> = {
  user: ['primaryEmail', 'name.givenName', 'name.familyName'],
  group: ['email'],
};

/** In characters: https://developers.google.com/workspace/admin/directory/reference/rest/v1/users, .../groups */
const longest: Record<string, number> = {
  'name.givenName': 60,
  'name.familyName': 60,
  description: 4096,
};

/** What Google would refuse of something new, found before it is sent. */
export function checkNew(type: SubjectType, attributes: Attributes): Refusal | undefined {
  const missing = required[type].find((name) => isBlank(attributes[name]));
  if (missing !== undefined) return withoutValue(missing);
  return checkValues(Object.entries(attributes), attributes.hashFunction !== undefined);
}

/** What Google would refuse of a change, found before it is sent. */
export function checkChanges(type: SubjectType, changes: AttributeChange[]): Refusal | undefined {
  for (const change of changes) {
    const cleared = change.op === 'unset' || isBlank(change.value);
    if (cleared && required[type].includes(change.attribute)) return withoutValue(change.attribute);
  }
  const set = changes.flatMap((change): [string, unknown][] =>
    change.op === 'set' ? [[change.attribute, change.value]] : [],
  );
  return checkValues(
    set,
    set.some(([name]) => name === 'hashFunction'),
  );
}

function checkValues(values: [string, unknown][], hashed: boolean): Refusal | undefined {
  for (const [name, value] of values) {
    if (typeof value !== 'string' || value === '') continue;
    const length = [...value].length;
    const most = longest[name];
    if (most !== undefined && length > most)
      return invalid(
        name,
        `${name} has ${length} characters; Google takes ${most} at most.`,
        'Shorten it in the mapping, with $Left for instance, or at its source.',
      );
    if (name === 'password' && !hashed && (length < 8 || length > 100 || !/^[ -~]*$/.test(value)))
      return invalid(
        name,
        'A password must have 8 to 100 characters, all of them ASCII.',
        'Map another, or none: the user then gets a random one that nobody is told.',
      );
    if ((name === 'primaryEmail' || name === 'email') && !/^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/.test(value))
      return invalid(
        name,
        `${name} is no address: at most 64 characters, @, and a domain of this account.`,
        'Map one, such as the user name with the domain appended.',
      );
  }
  return undefined;
}

const isBlank = (value: unknown): boolean => value === undefined || value === null || value === '';

const withoutValue = (attribute: string): Refusal => ({
  kind: 'rejected',
  code: 'required',
  attribute,
  message: `${attribute} has no value, and Google requires one.`,
  remedy: 'Give it a value at its source, or a default or expression in the mapping.',
});

const invalid = (attribute: string, message: string, remedy: string): Refusal => ({
  kind: 'rejected',
  code: 'invalid-value',
  attribute,
  message,
  remedy,
});
