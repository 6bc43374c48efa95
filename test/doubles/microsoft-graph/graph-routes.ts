import { deltaPage } from './delta.js';
import type { Directory } from './directory.js';
import { badRequest, GraphError, type Json, notFound } from './graph-error.js';
import {
  allow,
  type GraphAnswer,
  type GraphRequest,
  list,
  type Manner,
  rights,
  writes,
} from './graph-request.js';
import { deletedItems, listObjects, paged, view } from './list-routes.js';
import { type ObjectType, shown } from './properties.js';

const typeOf: Record<string, ObjectType> = { users: 'user', groups: 'group' };

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

const organization = (directory: Directory): Json => ({
  id: '84841066-274d-4ec0-a5c1-276be684bdd3',
  displayName: 'Contoso',
  verifiedDomains: directory.domains.map((name, at) => ({
    name,
    isDefault: at === 0,
    isInitial: at === directory.domains.length - 1,
  })),
});
