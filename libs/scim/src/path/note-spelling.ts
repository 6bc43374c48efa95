import { excerpt, type Warning } from '../resource/warning.js';
import type { ResolvedName } from '../schema/resolve-name.js';
import type { ResourceType } from '../schema/resource-type.js';

/** Says how a name was understood that is not as the schemas spell it: in another case, without its URN, with another. */
export function noteSpelling(
  given: string,
  { urn, extension, attribute, sub }: ResolvedName,
  type: ResourceType,
  warnings: Warning[],
): void {
  if ((urn !== undefined && !extension) || attribute?.type === 'any') return;
  const core = type.schema.id;
  const local = attribute && (sub ? `${attribute.name}.${sub.name}` : attribute.name);
  const right = local === undefined ? (urn ?? core) : urn === undefined ? local : `${urn}:${local}`;
  const qualified = urn === undefined && local !== undefined ? `${core}:${local}` : right;
  if (given === right || given === qualified) return;
  const lower = given.toLowerCase();
  const onlyCase = lower === right.toLowerCase() || lower === qualified.toLowerCase();
  warnings.push({
    path: right,
    detail: onlyCase
      ? `${excerpt(given)} is spelled ${right} in the schema.`
      : `${excerpt(given)} was taken as ${right}.`,
  });
}
