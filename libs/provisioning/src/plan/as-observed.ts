import type { Attributes } from '@rollcall/connectors';
import type { CompiledMapping, TargetObject } from './plan.js';

/** What is known of an account once it has been looked at: of what the mapping writes, what it has there now. */
export function asObserved(
  target: TargetObject,
  observed: Attributes,
  { attributes }: CompiledMapping,
): TargetObject {
  const written = Object.fromEntries(
    attributes.flatMap(({ target: name }) => {
      const value = observed[name];
      return value === undefined || value === null ? [] : [[name, value]];
    }),
  );
  const active = attributes.find(({ source }) => source === 'active')?.target;
  const access = active === undefined ? undefined : written[active];
  const state = typeof access === 'boolean' ? (access ? 'active' : 'inactive') : target.state;
  return { ...target, written, state };
}
