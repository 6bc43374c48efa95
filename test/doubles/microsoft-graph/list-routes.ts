import type { Directory, DirectoryObject } from './directory.js';
import { parseFilter } from './filter.js';
import { badRequest, GraphError, type Json, notFound } from './graph-error.js';
import { allow, type GraphAnswer, type GraphRequest, list, type Manner, rights } from './graph-request.js';
import { readToken, writeToken } from './paging.js';
import { type ObjectType, shown } from './properties.js';

export function deletedItems(
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

export function listObjects(
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
export function paged(
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

export function view(directory: Directory, object: DirectoryObject, { url }: GraphRequest): Json {
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
