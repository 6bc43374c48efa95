import type { CompareOperator } from '@rollcall/scim';
import type { SqlParameters } from './sql-parameters.js';

const signs = { gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

export const orderSign = (op: CompareOperator): string | undefined => signs[op as keyof typeof signs];

/** A comparison of text other than eq and ne; order is by code point, as `matches` of libs/scim has it. */
export function compareText(
  text: string,
  op: CompareOperator,
  value: string,
  parameters: SqlParameters,
): string {
  const expected = parameters.text(value);
  switch (op) {
    case 'co':
      return `strpos(${text}, ${expected}) > 0`;
    case 'sw':
      return `starts_with(${text}, ${expected})`;
    case 'ew':
      return `right(${text}, length(${expected})) = ${expected}`;
    default:
      return `${text} collate "C" ${orderSign(op)} ${expected}`;
  }
}
