import { deltaPage, type DeltaManner } from './delta.js';
import type { Directory, DirectoryObject } from './directory.js';
import { parseFilter } from './filter.js';
import { badRequest, forbidden, GraphError, type Json, notFound } from './graph-error.js';
import { readToken, writeToken } from './paging.js';
import { type ObjectType, shown } from './properties.js';

export interface GraphRequest {
  method: string;
  /** Below /v1.0, as it was sent. */
  url: URL;
  headers: Record<string, string | undefined>;
  body: Json | undefined;
  /** Application permissions of the token. */
  roles: string[];
}

export interface GraphAnswer {
  status: number;
  body?: Json;
  headers?: Record<string, string>;
}

export interface Manner extends DeltaManner {
  /** Lists give their first page again and again. */
  loopPages: boolean;
}

const typeOf: Record<string, ObjectType> = { users: 'user', groups: 'group' };
const writes = new Set(['POST', 'PATCH', 'PUT', 'DELETE']);
const rights: Record<ObjectType, { read: string[]; write: string[] }> = {
  user: {
    read: ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
    write: ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
  },
  group: {
    read: ['Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
    write: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  },
};

/** What Microsoft Graph v1.0 answers for users, groups, their members, deleted items and licences. */
export function answerGraph(
  directory: Directory,
  request: GraphRequest,
  manner: Manner,
  base: string,
): GraphAnswer {
  const { method, url } = request;
  const segments = url.pathname
    .split('/')
    .filter((each) => each !== '')
    .map(decodeURIComponent);
  const [first = '', second, third, fourth, fifth] = byAlternateKey(segments);
  if (first === 'organization') return list([organization(directory)]);
  if (first === 'subscribedSkus')
    return list(
      [...directory.seats].map(([skuId, left]) => ({
        skuId,
        skuPartNumber: skuId.slice(0, 8),
        prepaidUnits: { enabled: left },
        consumedUnits: 0,
      })),
    );
  if (first === 'directoryObjects' && second === 'getAvailableExtensionProperties') return list([]);
  if (first === 'directory' && second === 'deletedItems')
    return deletedItems(directory, request, third, fourth);
  const type = typeOf[first];
  if (type === undefined)
    throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${first}'.`);
  allow(request, rights[type][writes.has(method) ? 'write' : 'read']);

  if (second === undefined && method === 'GET') return listObjects(directory, type, request, manner, base);
  if (second === undefined && method === 'POST') {
    const made = directory.create(type, request.body ?? {});
    return {
      status: 201,
      body: shown(type, made.properties, undefined),
      headers: { location: `${base}/${first}/${made.id}` },
    };
  }
  if (second === 'delta' && method === 'GET')
    return {
      status: 200,
      body: deltaPage(directory, type, url.searchParams, `${base}/${first}/delta`, manner),
    };
  if (second === undefined)
    throw new GraphError(
      405,
      'Request_BadRequest',
      'Specified HTTP method is not allowed for the request target.',
    );
  if (third === undefined) return one(directory, type, second, request, base);
  if (type === 'user') return ofUser(directory, second, third, fourth, request, base);
  return ofGroup(directory, second, [third, fourth, fifth], request, base);
}

/** users('name') is users/name. */
function byAlternateKey(segments: string[]): string[] {
  const match = /^(users|groups)\((?:(uniqueName)=)?'(.*)'\)$/.exec(segments[0] ?? '');
  if (!match) return segments;
  const value = match[3]!.replaceAll("''", "'");
  return [match[1]!, match[2] ? `uniqueName=${value}` : value, ...segments.slice(1)];
}

function one(
  directory: Directory,
  type: ObjectType,
  key: string,
  request: GraphRequest,
  base: string,
): GraphAnswer {
  const unique = /^uniqueName=(.*)$/.exec(key)?.[1];
  if (unique !== undefined) {
    const known = [...directory.objects.values()].find(({ properties }) => properties.uniqueName === unique);
    if (known) return one(directory, type, known.id, request, base);
    if (request.method !== 'PATCH' || !/create-if-missing/.test(request.headers.prefer ?? ''))
      throw notFound(unique);
    const made = directory.create(type, request.body ?? {}, unique);
    return { status: 201, body: shown(type, made.properties, undefined) };
  }
  if (request.method === 'PATCH') {
    directory.update(type, key, request.body ?? {});
    return { status: 204 };
  }
  if (request.method === 'DELETE') {
    directory.delete(type, key);
    return { status: 204 };
  }
  const object = directory.get(type, key);
  return {
    status: 200,
    body: { '@odata.context': `${base}/$metadata#${type}s/$entity`, ...view(directory, object, request) },
  };
}

function ofUser(
  directory: Directory,
  key: string,
  what: string,
  ref: string | undefined,
  request: GraphRequest,
  base: string,
): GraphAnswer {
  const { method, body } = request;
  const user = directory.get('user', key);
  if (what === 'manager' && ref === undefined && method === 'GET') {
    if (user.manager === undefined) throw notFound('manager');
    return { status: 200, body: shown('user', directory.get('user', user.manager).properties, undefined) };
  }
  if (what === 'manager' && ref === '$ref' && method === 'PUT') {
    directory.setManager(user.id, reference(body, base));
    return { status: 204 };
  }
  if (what === 'manager' && ref === '$ref' && method === 'DELETE') {
    directory.setManager(user.id, undefined);
    return { status: 204 };
  }
  if (what === 'revokeSignInSessions' && method === 'POST') return { status: 200, body: { value: true } };
  if (what === 'assignLicense' && method === 'POST') {
    const after = directory.assignLicenses(user.id, body?.addLicenses ?? [], body?.removeLicenses ?? []);
    return { status: 200, body: shown('user', after.properties, undefined) };
  }
  throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${what}'.`);
}

function ofGroup(
  directory: Directory,
  id: string,
  path: (string | undefined)[],
  request: GraphRequest,
  base: string,
): GraphAnswer {
  const [what, member, ref] = path;
  const { method, url } = request;
  if (what !== 'members')
    throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${what}'.`);
  if (method === 'GET' && member === undefined) {
    const group = directory.get('group', id);
    const members = [...group.members].map((each) => directory.objects.get(each)!);
    const select = url.searchParams.get('$select')?.split(',');
    return paged(members, url, base, (each) => ({
      '@odata.type': `#microsoft.graph.${each.type}`,
      ...(select
        ? Object.fromEntries(select.map((name) => [name, each.properties[name] ?? null]))
        : shown(each.type, each.properties, undefined)),
    }));
  }
  if (method === 'POST' && member === '$ref') {
    directory.addMember(id, reference(request.body, base));
    return { status: 204 };
  }
  if (method === 'DELETE' && member !== undefined && ref === '$ref') {
    directory.removeMember(id, member);
    return { status: 204 };
  }
  // Without /$ref the user itself would be deleted: https://learn.microsoft.com/graph/api/group-delete-members
  throw new GraphError(
    405,
    'Request_BadRequest',
    'Specified HTTP method is not allowed for the request target.',
  );
}

/** The id of `@odata.id`, which must be an address at this service. */
function reference(body: Json | undefined, base: string): string {
  const address = String(body?.['@odata.id'] ?? '');
  const match = /^https?:\/\/[^/]+\/v1\.0\/(?:directoryObjects|users|groups)\/([^/]+)$/.exec(address);
  if (!match || new URL(address).pathname.split('/')[1] !== new URL(base).pathname.slice(1))
    throw badRequest("The value of '@odata.id' is not a valid reference.");
  return match[1]!;
}

function deletedItems(
  directory: Directory,
  request: GraphRequest,
  what: string | undefined,
  action: string | undefined,
): GraphAnswer {
  const cast = /^microsoft\.graph\.(user|group)$/.exec(what ?? '')?.[1] as ObjectType | undefined;
  allow(request, rights[cast ?? 'user'][request.method === 'GET' ? 'read' : 'write']);
  if (cast !== undefined) {
    const { searchParams } = request.url;
    const advanced = isAdvanced(request);
    const filter = searchParams.get('$filter');
    const test = filter === null ? () => true : parseFilter(cast, filter, advanced);
    const found = [...directory.deleted.values()].filter(
      (each) => each.type === cast && test(each.properties),
    );
    const select = searchParams.get('$select')?.split(',');
    return list(found.map(({ properties }) => shown(cast, properties, select)));
  }
  if (what === undefined) throw badRequest('The OData cast type is required.');
  if (action === 'restore' && request.method === 'POST') {
    const back = directory.restore(what);
    return {
      status: 200,
      body: {
        '@odata.type': `#microsoft.graph.${back.type}`,
        ...shown(back.type, back.properties, undefined),
      },
    };
  }
  if (request.method === 'DELETE') {
    directory.purge(what);
    return { status: 204 };
  }
  const found = directory.deleted.get(what);
  if (!found) throw notFound(what);
  return {
    status: 200,
    body: shown(found.type, found.properties, request.url.searchParams.get('$select')?.split(',')),
  };
}

function listObjects(
  directory: Directory,
  type: ObjectType,
  request: GraphRequest,
  manner: Manner,
  base: string,
): GraphAnswer {
  const { searchParams } = request.url;
  const advanced = isAdvanced(request);
  const filter = searchParams.get('$filter');
  if (searchParams.has('$search') && request.headers.consistencylevel !== 'eventual')
    throw new GraphError(
      400,
      'Request_UnsupportedQuery',
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    );
  if (searchParams.has('$count') && filter !== null && request.headers.consistencylevel !== 'eventual')
    throw new GraphError(
      400,
      'Request_UnsupportedQuery',
      '$count and $filter need the ConsistencyLevel header.',
    );
  const test = filter === null ? () => true : parseFilter(type, filter, advanced);
  const found = directory.listed(type).filter(({ properties }) => test(properties));
  return paged(found, request.url, base, (each) => view(directory, each, request), manner.loopPages);
}

const isAdvanced = ({ headers, url }: GraphRequest): boolean =>
  headers.consistencylevel === 'eventual' && url.searchParams.get('$count') === 'true';

/** By number, behind a token that cannot be made up. */
function paged(
  objects: DirectoryObject[],
  url: URL,
  base: string,
  show: (each: DirectoryObject) => Json,
  loop = false,
): GraphAnswer {
  const top = Number(url.searchParams.get('$top') ?? 100);
  if (!Number.isInteger(top) || top < 1 || top > 999)
    throw badRequest(`Invalid page size specified: '${top}'. Must be between 1 and 999 inclusive.`);
  const token = url.searchParams.get('$skiptoken');
  const from = token === null || loop ? 0 : Number(readToken(token).from);
  const value = objects.slice(from, from + top).map(show);
  if (from + top >= objects.length && !loop) return { status: 200, body: { value } };
  const query = new URLSearchParams(url.searchParams);
  query.set('$skiptoken', writeToken({ from: from + top }));
  return { status: 200, body: { value, '@odata.nextLink': `${base}${url.pathname}?${query.toString()}` } };
}

function view(directory: Directory, object: DirectoryObject, { url }: GraphRequest): Json {
  const select = url.searchParams.get('$select')?.split(',');
  const expand = url.searchParams.get('$expand');
  const properties = shown(object.type, object.properties, select);
  if (expand === null) return properties;
  const match = /^manager(?:\(\$select=([\w,]+)\))?$/.exec(expand);
  if (!match || object.type !== 'user') throw badRequest(`The property '${expand}' cannot be expanded.`);
  const manager = object.manager === undefined ? undefined : directory.objects.get(object.manager);
  return {
    ...properties,
    ...(manager && { manager: shown('user', manager.properties, match[1]?.split(',')) }),
  };
}

const organization = (directory: Directory): Json => ({
  id: '84841066-274d-4ec0-a5c1-276be684bdd3',
  displayName: 'Contoso',
  verifiedDomains: directory.domains.map((name, at) => ({
    name,
    isDefault: at === 0,
    isInitial: at === directory.domains.length - 1,
  })),
});

const list = (value: Json[]): GraphAnswer => ({ status: 200, body: { value } });

function allow({ roles }: GraphRequest, needed: string[]): void {
  if (!needed.some((role) => roles.includes(role))) throw forbidden();
}
