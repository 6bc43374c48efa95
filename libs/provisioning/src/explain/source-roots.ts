import type { AttributeMapping } from '@rollcall/connectors';
import { compileExpression } from '@rollcall/scim';

/** One attribute a mapping reads: its top-level name in a user's record, and the attribute within it. */
export interface Root {
  name: string;
  sub?: string;
}

/** What of the user decides the value a mapping gives. Empty: nothing, it is a constant. */
export function rootsOf(mapping: AttributeMapping): Root[] {
  if (mapping.source !== undefined) return [rootOf(mapping.source)];
  if (mapping.expression === undefined) return [];
  const { reads, paths } = compileExpression(mapping.expression).inspected;
  return [
    ...reads.flatMap(([name, sub]) =>
      name === undefined ? [] : [{ name, ...(sub !== undefined && { sub }) }],
    ),
    ...paths.map(rootOf),
  ];
}

function rootOf(path: string): Root {
  const extension = /^(urn:.*:\d+(?:\.\d+)*:[^:.[]+):([^:.[]+)/i.exec(path);
  if (extension) return { name: extension[1]!, sub: extension[2]! };
  return { name: /^[^.[]+/.exec(path)?.[0] ?? path };
}

/** Whether a change of a top-level attribute changed what the root names. */
export function touches(root: Root, change: { attribute: string; from?: unknown; to?: unknown }): boolean {
  if (change.attribute.toLowerCase() !== root.name.toLowerCase()) return false;
  if (root.sub === undefined) return true;
  return JSON.stringify(within(change.from, root.sub)) !== JSON.stringify(within(change.to, root.sub));
}

function within(value: unknown, sub: string): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  const key = Object.keys(value).find((name) => name.toLowerCase() === sub.toLowerCase());
  return key === undefined ? undefined : (value as Record<string, unknown>)[key];
}
