import type { Attributes } from '@rollcall/connectors';
import type { CompiledMapping } from '../plan/plan.js';
import { secretsOf } from '../report/redact-operation.js';

/**
 * Of what was written to an object, what its mapping still writes there. Secrets and what is written at creation
 * alone are not in it: whoever writes the object whole would set the first password again.
 */
export function lastWritten(written: Attributes, mapping: CompiledMapping): Attributes {
  const secrets = secretsOf(mapping);
  return Object.fromEntries(
    mapping.attributes.flatMap(({ target, apply }) => {
      const value = written[target];
      return apply === 'always' && value !== undefined && !secrets.has(target) ? [[target, value]] : [];
    }),
  );
}
