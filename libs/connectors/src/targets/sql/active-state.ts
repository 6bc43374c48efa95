import { attributeOf, parameterOf } from './column-values.js';
import type { SqlSettings } from './settings.js';
import type { Parameter } from './sql-fragment.js';
import type { Column } from './table.js';

type Values = Pick<SqlSettings, 'activeValue' | 'inactiveValue'>;

/** A column that says since when an account is disabled. */
export const isSince = ({ kind }: Column): boolean => kind === 'dateTime' || kind === 'date';

/**
 * What stands in the column of an account that is enabled or disabled.
 * @throws UnfitValue where the settings give a value the column does not take
 */
export function activeParameter(values: Values, column: Column, to: boolean): Parameter {
  const [enabled, disabled] =
    column.kind === 'boolean' ? truths(values) : [values.activeValue ?? '1', values.inactiveValue ?? '0'];
  return parameterOf(column, to ? enabled : disabled);
}

export function isActive(values: Values, column: Column, raw: unknown): boolean {
  const value = attributeOf(column, raw);
  if (isSince(column)) return value === undefined;
  if (value === undefined) return false;
  return String(parameterOf(column, value)) === String(activeParameter(values, column, true));
}

/** One of the two tells the other: locked = false is enabled, so true is disabled. */
function truths({ activeValue, inactiveValue }: Values): [string, string] {
  const yes = /^(t|true|1|y|yes|on)$/i;
  if (activeValue === undefined && inactiveValue !== undefined)
    return yes.test(inactiveValue) ? ['0', inactiveValue] : ['1', inactiveValue];
  if (activeValue !== undefined && inactiveValue === undefined)
    return yes.test(activeValue) ? [activeValue, '0'] : [activeValue, '1'];
  return [activeValue ?? '1', inactiveValue ?? '0'];
}
