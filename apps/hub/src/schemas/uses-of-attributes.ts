import { rulesOf, type Scope } from '@rollcall/provisioning';
import { type Filter, parseFilter, resolveName, type ResourceType, ScimError } from '@rollcall/scim';

/** The parts of a connection in which attributes of the directory are named. */
export interface NamingParts {
  mappings: object | null;
  scope: Scope;
}

/**
 * Which of a schema's attributes a connection names in its mappings and its scope, by URN or without it.
 * @param attributes names in lower case
 */
export function attributesUsed(
  { mappings, scope }: NamingParts,
  type: ResourceType,
  urn: string,
  attributes: readonly string[],
): string[] {
  const texts = textsIn(mappings);
  for (const { rule } of rulesOf(scope)) texts.push(rule, ...namesIn(rule));
  return attributes.filter((name) => texts.some((text) => names(text, type, urn, name)));
}

function names(text: string, type: ResourceType, urn: string, name: string): boolean {
  const full = `${urn}:${name}`.toLowerCase();
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(full); at !== -1; at = lower.indexOf(full, at + 1)) {
    if (!/^[\w-]/.test(lower.slice(at + full.length))) return true;
  }
  if (!/^\$?[\w-]+(?:\.[\w$-]+)?$/.test(text)) return false;
  const { extension, attribute } = resolveName(text, type);
  return extension?.urn.toLowerCase() === urn.toLowerCase() && attribute?.name.toLowerCase() === name;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function namesIn(rule: string): string[] {
  try {
    return namesOf(parseFilter(rule));
  } catch (error) {
    if (error instanceof ScimError) return [];
    throw error;
  }
}

function namesOf(filter: Filter): string[] {
  if ('operands' in filter) return filter.operands.flatMap(namesOf);
  return filter.kind === 'not' ? namesOf(filter.operand) : [filter.name];
}
