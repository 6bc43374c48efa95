import type { Filter } from '../filter/filter.js';
import type { Attribute } from '../schema/resource-type.js';
import type { Warning } from '../resource/warning.js';

export type PatchOp = 'add' | 'replace' | 'remove';

/** One operation on one attribute, its path looked up. */
export interface Change {
  op: PatchOp;
  attribute: Attribute;
  filter: Filter | undefined;
  sub: Attribute | undefined;
  value: unknown;
  warnings: Warning[];
}
