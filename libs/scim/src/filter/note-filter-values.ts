import type { Warning } from '../resource/warning.js';
import { noteSpelling } from '../path/note-spelling.js';
import { resolveName } from '../schema/resolve-name.js';
import { findAttribute, type Attribute, type ResourceType } from '../schema/resource-type.js';
import type { Filter } from './filter.js';

/** Of the filter of a search: names and values that were understood though they are not quite right. */
export function noteFilter(filter: Filter, type: ResourceType, warnings: Warning[]): void {
  if ('operands' in filter) {
    for (const operand of filter.operands) noteFilter(operand, type, warnings);
    return;
  }
  if ('operand' in filter) return noteFilter(filter.operand, type, warnings);
  const name = resolveName(filter.name, type);
  noteSpelling(filter.name, name, type, warnings);
  const attribute = name.sub ?? name.attribute;
  if (!attribute) return;
  if (filter.kind === 'element') noteFilterValues(filter.filter, attribute, warnings);
  if (filter.kind !== 'compare') return;
  noteTextValue(attribute, filter.value, warnings);
  if (attribute.type === 'complex' && !attribute.multiValued && attribute.value) {
    const { path } = attribute;
    warnings.push({
      path,
      detail: `What was compared with ${path} was taken for its ${attribute.value.name}.`,
    });
  }
}

/** Of the filter of a value path: booleans and numbers that came as text. */
export function noteFilterValues(filter: Filter, attribute: Attribute, warnings: Warning[]): void {
  if (filter.kind === 'and' || filter.kind === 'or') {
    for (const operand of filter.operands) noteFilterValues(operand, attribute, warnings);
  } else if (filter.kind === 'not') {
    noteFilterValues(filter.operand, attribute, warnings);
  } else if (filter.kind === 'compare') {
    const sub = attribute.subs && findAttribute(attribute.subs, filter.name);
    if (sub) noteTextValue(sub, filter.value, warnings);
  }
}

function noteTextValue({ path, type }: Attribute, value: unknown, warnings: Warning[]): void {
  if (typeof value !== 'string' || !['boolean', 'integer', 'decimal'].includes(type)) return;
  warnings.push({ path, detail: `The filter compares ${path} with text, which was read as ${type}.` });
}
