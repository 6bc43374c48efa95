import type { Change, Directory, DirectoryObject } from './directory.js';
import type { Json } from './graph-error.js';
import { badRequest, GraphError } from './graph-error.js';
import { readToken, writeToken } from './paging.js';
import { type ObjectType, shown } from './properties.js';

const lifeMs = 7 * 86_400_000;

export interface DeltaManner {
  pageSize: number;
  /** How an expired token is told. */
  expiry: 'gone' | 'not-found';
}

/**
 * Delta queries of users or groups: pages may be empty, what changed may come twice, and a round ends with a deltaLink.
 * @see https://learn.microsoft.com/graph/delta-query-overview
 */
export function deltaPage(
  directory: Directory,
  type: ObjectType,
  query: URLSearchParams,
  url: string,
  manner: DeltaManner,
): Json {
  for (const name of ['$top', '$expand', '$orderby'])
    if (query.has(name)) throw badRequest(`The query parameter ${name} is not supported in delta queries.`);
  const now = directory.clock();
  const skip = query.get('$skiptoken');
  if (skip !== null) return page(directory, type, readToken(skip), url, manner);
  const token = query.get('$deltatoken');
  const visible = latestVersion(directory, now);
  if (token === 'latest') {
    const select = selected(query);
    return end(url, [], { type, select, version: visible, at: now });
  }
  if (token !== null) {
    const from = readToken(token);
    if (now - from.at > lifeMs) throw expired(manner, url);
    return page(directory, type, { ...from, to: visible, offset: 0, opening: true }, url, manner);
  }
  const ids = /^id eq '([^']+)'(?: or id eq '([^']+)')*$/.test(query.get('$filter') ?? "id eq 'all'")
    ? (query.get('$filter') ?? '').match(/'([^']+)'/g)?.map((each) => each.slice(1, -1))
    : undefined;
  if (query.has('$filter') && ids === undefined)
    throw badRequest('Delta queries can be filtered by id alone.');
  const select = selected(query);
  return page(
    directory,
    type,
    { type, select, ids, version: 0, to: visible, offset: 0, at: now },
    url,
    manner,
  );
}

function page(directory: Directory, type: ObjectType, place: Json, url: string, manner: DeltaManner): Json {
  if (place.type !== type) throw new GraphError(400, 'BadRequest', 'The token belongs to another resource.');
  // A round that continues begins with an empty page.
  if (place.opening)
    return { value: [], '@odata.nextLink': link(url, '$skiptoken', { ...place, opening: false }) };
  const items = itemsBetween(directory, type, place);
  const { offset } = place;
  const from = Math.max(0, offset - (offset > 0 ? 1 : 0));
  const value = items.slice(from, offset + manner.pageSize);
  if (offset + manner.pageSize < items.length)
    return {
      value,
      '@odata.nextLink': link(url, '$skiptoken', { ...place, offset: offset + manner.pageSize }),
    };
  return end(url, value, {
    type,
    select: place.select,
    ids: place.ids,
    version: place.to,
    at: directory.clock(),
  });
}

const end = (url: string, value: Json[], place: Json): Json => ({
  value,
  '@odata.deltaLink': link(url, '$deltatoken', place),
});

const link = (url: string, name: string, place: Json): string =>
  `${url}?${name}=${encodeURIComponent(writeToken(place))}`;

const selected = (query: URLSearchParams): string[] | undefined => query.get('$select')?.split(',');

/** What is new shows in delta queries as late as in lists. */
const latestVersion = (directory: Directory, now: number): number =>
  directory.changes.findLast(({ at }) => at <= now - directory.lag.inListsMs)?.version ?? 0;

function itemsBetween(directory: Directory, type: ObjectType, place: Json): Json[] {
  const initial = place.version === 0;
  const tracked = (change: Change) =>
    change.type === type &&
    change.version > place.version &&
    change.version <= place.to &&
    (place.ids === undefined || place.ids.includes(change.id)) &&
    (change.properties === undefined ||
      place.select === undefined ||
      change.properties.some((name) => place.select.includes(name)));
  const byId = new Map<string, Change[]>();
  for (const change of directory.changes.filter(tracked)) {
    byId.set(change.id, [...(byId.get(change.id) ?? []), change]);
  }
  return [...byId].flatMap(([id, changes]) => {
    const last = changes.at(-1)!;
    const object = directory.objects.get(id);
    if (!object)
      return initial
        ? []
        : [{ id, '@removed': { reason: directory.deleted.has(id) ? 'changed' : 'deleted' } }];
    if (last.removed) return [];
    return [item(directory, object, place.select, changes, initial)];
  });
}

function item(
  directory: Directory,
  object: DirectoryObject,
  select: string[] | undefined,
  changes: Change[],
  initial: boolean,
): Json {
  const { type, id, properties } = object;
  const names = select?.filter((name) => name !== 'members' && name !== 'manager');
  const shownProperties = { ...shown(type, properties, names), id };
  if (type === 'user' && select?.includes('manager'))
    return {
      ...shownProperties,
      ...(object.manager !== undefined && {
        'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: object.manager }],
      }),
    };
  if (type !== 'group' || (select && !select.includes('members'))) return shownProperties;
  const all = initial || changes.some((change) => change.properties === undefined);
  const members = all
    ? [...object.members].map((each) => memberItem(each, directory.objects.get(each)!.type))
    : changes.flatMap(({ member }) => (member ? [memberItem(member.id, member.type, member.removed)] : []));
  return { ...shownProperties, ...(members.length > 0 && { 'members@delta': members }) };
}

const memberItem = (id: string, type: ObjectType, removed = false): Json => ({
  '@odata.type': `#microsoft.graph.${type}`,
  id,
  ...(removed && { '@removed': { reason: 'deleted' } }),
});

function expired({ expiry }: DeltaManner, url: string): GraphError {
  const message = 'The sync state generation is not found; enumerate again.';
  return expiry === 'gone'
    ? new GraphError(410, 'syncStateNotFound', message, { headers: { location: `${url}?$deltatoken=` } })
    : new GraphError(400, 'syncStateNotFound', message);
}
