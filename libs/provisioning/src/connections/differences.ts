import { isObject, sameJson } from '@rollcall/scim';

/** One place where two configurations differ. Without `from` it was added, without `to` it was removed. */
export interface Difference {
  /** Such as `policy.users.delete`, or `mappings.users.attributes[title].source`. */
  path: string;
  from?: unknown;
  to?: unknown;
}

/** Lines of mappings are told apart by their target, so that one more line is one difference. */
export function differencesOf(before: unknown, after: unknown, path = ''): Difference[] {
  if (sameJson(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const [olds, news] = [byTarget(before), byTarget(after)];
    if (!olds || !news) return [{ path, from: before, to: after }];
    const inside = partsOf(olds, news, (target) => `${path}[${target}]`);
    return inside.length > 0
      ? inside
      : [{ path: `${path} (order)`, from: [...olds.keys()], to: [...news.keys()] }];
  }
  if (isObject(before) && isObject(after)) {
    return partsOf(new Map(Object.entries(before)), new Map(Object.entries(after)), (key) =>
      path === '' ? key : `${path}.${key}`,
    );
  }
  return [{ path, ...(before !== undefined && { from: before }), ...(after !== undefined && { to: after }) }];
}

function partsOf(
  before: Map<string, unknown>,
  after: Map<string, unknown>,
  pathOf: (key: string) => string,
): Difference[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].flatMap((key) => differencesOf(before.get(key), after.get(key), pathOf(key)));
}

function byTarget(list: unknown[]): Map<string, unknown> | undefined {
  const entries = list.map((each): [unknown, unknown] => [isObject(each) ? each.target : undefined, each]);
  if (entries.length === 0 || !entries.every(([target]) => typeof target === 'string')) return undefined;
  const map = new Map(entries as [string, unknown][]);
  return map.size === list.length ? map : undefined;
}
