import type { MappedAttributes } from '../mapping/map-attributes.js';
import { type Protection, protectedValue } from '../matching/protection.js';
import type { Answers } from './facts.js';
import type { Plan } from './plan.js';

/** Settles which candidates are taken, asking for a look at the target, and plans with these. */
export function withUniqueValues(
  mapped: MappedAttributes,
  protection: Protection,
  { unique }: Answers,
  plan: (mapped: MappedAttributes) => Plan,
): Plan {
  const choices = [...mapped.values].flatMap(([attribute, { candidates }]) =>
    candidates
      ? [
          {
            attribute,
            candidates: candidates.filter((value) => !protectedValue(protection, attribute, value)),
          },
        ]
      : [],
  );
  if (choices.length === 0) return plan(mapped);
  if (!unique) return { action: 'choose', choices };
  const values = new Map(mapped.values);
  for (const { attribute, candidates } of choices) {
    const value = unique.get(attribute);
    if (value === undefined) {
      return {
        action: 'refuse',
        code: 'no-unique-value',
        attribute,
        message: `Every value for ${attribute} is taken at the target: ${candidates.join(', ')}.`,
        remedy: 'Give $SelectUniqueValue more values to try, such as one with a number at its end.',
        intended: 'create',
      };
    }
    values.set(attribute, { value, apply: 'create' });
  }
  return plan({ ...mapped, values });
}
