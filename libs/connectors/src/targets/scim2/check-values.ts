import type { AttributeChange, AttributeValue, Refusal, SubjectType } from '../../contract.js';
import { isEmpty } from './assemble-resource.js';
import { parseAttributePath, attributeOf } from './attribute-path.js';
import type { Scim2Settings, ValueRule } from './settings.js';

type Demands = Pick<Scim2Settings, 'rules' | 'singleValued' | 'groupRename'>;

/** What the app would refuse in a new object, found before it is sent. */
export function checkNew(
  type: SubjectType,
  attributes: Record<string, AttributeValue>,
  demands: Demands,
): Refusal | undefined {
  const given = Object.entries(attributes);
  for (const rule of rulesFor(type, demands)) {
    if (rule.required && !given.some(([name, value]) => isAbout(rule, name) && !isEmpty(value)))
      return missing(rule.attribute);
  }
  return (
    checkValues(type, given, demands) ??
    checkOneValue(
      type,
      given.map(([name]) => name),
      demands,
    )
  );
}

/** What the app would refuse in a change, found before it is sent. */
export function checkChanges(
  type: SubjectType,
  changes: AttributeChange[],
  demands: Demands,
): Refusal | undefined {
  for (const { op, attribute, ...change } of changes) {
    const rules = rulesFor(type, demands).filter((rule) => isAbout(rule, attribute));
    const empty = op === 'unset' || isEmpty((change as { value?: AttributeValue }).value);
    if (empty && rules.some(({ required }) => required)) return missing(attribute);
    if (rules.some(({ immutable }) => immutable)) return unchangeable(type, attribute);
  }
  const set = changes.flatMap((change): [string, AttributeValue][] =>
    change.op === 'set' ? [[change.attribute, change.value]] : [],
  );
  return (
    checkValues(type, set, demands) ??
    checkOneValue(
      type,
      set.map(([name]) => name),
      demands,
    )
  );
}

function rulesFor(type: SubjectType, { rules, groupRename }: Demands): ValueRule[] {
  const own = rules.filter((rule) => (rule.type ?? 'user') === type);
  if (type === 'group' && !groupRename) own.push({ type, attribute: 'displayName', immutable: true });
  return own;
}

const isAbout = (rule: ValueRule, name: string): boolean =>
  rule.attribute.toLowerCase() === name.toLowerCase();

function checkValues(
  type: SubjectType,
  values: [string, AttributeValue][],
  demands: Demands,
): Refusal | undefined {
  for (const rule of rulesFor(type, demands)) {
    for (const [name, value] of values) {
      if (rule.attribute !== '*' && !isAbout(rule, name)) continue;
      for (const text of textsIn(value)) {
        const wrong = wrongWith(text, rule);
        if (wrong)
          return rejected(
            'invalid-value',
            name,
            `${name} ${wrong.what}`,
            `${wrong.remedy} in the mapping or at its source.`,
          );
      }
    }
  }
  return undefined;
}

function wrongWith(text: string, rule: ValueRule): { what: string; remedy: string } | undefined {
  const length = [...text].length;
  if (rule.maxLength !== undefined && length > rule.maxLength) {
    const what = `has ${length} characters; the app takes ${rule.maxLength} at most.`;
    return { what, remedy: 'Shorten it, with $substring for instance,' };
  }
  const found =
    rule.forbidden === undefined ? undefined : [...text].find((each) => rule.forbidden!.includes(each));
  if (found !== undefined) {
    const what = `has the character ${JSON.stringify(found)}, which the app does not take.`;
    return { what, remedy: 'Replace it, with $replace for instance,' };
  }
  if (rule.lowerCase && text !== text.toLowerCase()) {
    return { what: 'has capital letters, which the app does not take.', remedy: 'Use $lowercase' };
  }
  return undefined;
}

/** Several elements of a list the app keeps one of: which one stays would be left to chance. */
function checkOneValue(type: SubjectType, names: string[], { singleValued }: Demands): Refusal | undefined {
  const seen = new Map<string, string>();
  for (const name of names) {
    const path = parseAttributePath(type, name);
    const whole = attributeOf(path);
    if (!path.where || !singleValued.includes(whole)) continue;
    const condition = JSON.stringify(path.where);
    const other = seen.get(whole);
    if (other !== undefined && other !== condition) {
      const message = `${whole}: the app takes one value, and the mapping writes several.`;
      return rejected('one-value-only', name, message, `Take ${name} out of the mapping.`);
    }
    seen.set(whole, condition);
  }
  return undefined;
}

function textsIn(value: AttributeValue): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(textsIn);
}

const missing = (attribute: string): Refusal =>
  rejected(
    'required',
    attribute,
    `${attribute} has no value, and the app requires one.`,
    `Give it a value at its source, or a default or expression in the mapping.`,
  );

const unchangeable = (type: SubjectType, attribute: string): Refusal =>
  rejected(
    'immutable',
    attribute,
    `The app does not let ${attribute} of a ${type} be changed.`,
    type === 'group'
      ? 'Give the group its old name again, or delete it in the app: it is then made anew under the new name.'
      : `Map ${attribute} for creation only.`,
  );

const rejected = (code: string, attribute: string, message: string, remedy: string): Refusal => ({
  kind: 'rejected',
  code,
  attribute,
  message,
  remedy,
});
