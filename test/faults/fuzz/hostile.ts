import type { Sent } from '../../conversations/scim-client.js';
import type { Draw } from './draw.js';

const values: unknown[] = [
  null,
  0,
  -1,
  1e308,
  true,
  '',
  ' ',
  'a\0b',
  '\ud800',
  '__proto__',
  'constructor',
  'x'.repeat(3000),
  [],
  {},
  [null],
  [[['x']]],
  { value: {} },
  { __proto__: 1, constructor: { prototype: 1 } },
];
const filters = [
  'userName',
  'userName eq',
  'userName eq "a',
  `${'('.repeat(200)}userName pr${')'.repeat(200)}`,
  Array.from({ length: 300 }, () => 'userName eq "a"').join(' or '),
  'emails[type eq "work" and',
  'not (not (not (userName pr)))',
  'userName regex "(a+)+$"',
  'meta.created gt "yesterday"',
  'active eq "maybe"',
  'members[value eq "x"] pr',
  'userName eq "\\u0000"',
  '" or 1=1 --',
  'userName co "%_%"',
  `urn:ietf:params:scim:schemas:core:2.0:User:userName eq ${'9'.repeat(400)}`,
];
const targets = [
  '/Users/../../etc/passwd',
  '/Users/%00',
  '/Users/%zz',
  '/Users/%2e%2e',
  '/Groups/null',
  '/Users?startIndex=-9&count=1e99',
  '/Users?count=99999999999999999999',
  '/Users?startIndex=NaN&sortBy=__proto__',
  '/Users?attributes=a..b,,&excludedAttributes=[]',
  '/Users?cursor=AAAA',
  '/Users?filter=%ff',
  '/Users?filter[]=a&filter[b]=c',
  '/Schemas/__proto__',
  '/ResourceTypes/constructor',
  '/Me',
  '/Nothing',
  '//',
  `/Users/${'a'.repeat(3000)}`,
];
const bodies = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '{"userName":',
  '{"userName":"a","userName":"b"}',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  '{"schemas":["x"],"Operations":[{"op":"add"}]}',
  '\ufeff{}',
  `{"Operations":[${'{"op":"remove","path":"emails[type eq \\"work\\"]"},'.repeat(50)}1]}`,
];
const types = [
  'text/plain',
  'application/xml',
  'application/scim+json; charset=utf-16',
  'multipart/form-data',
  'x',
];

/** A request no honest client sends. It may be refused; what must not happen is 5xx or a change to anybody's data. */
export function hostileRequest(draw: Draw, knownId: string): Sent {
  const resource = `/scim/v2/${draw.of(['Users', 'Groups'])}`;
  const one = draw.chance(0.3) ? `${resource}/${knownId}` : resource;
  return draw.of<() => Sent>([
    () => ({ method: 'GET', target: `/scim/v2${draw.of(targets)}` }),
    () => ({ method: 'GET', target: `${resource}?filter=${encodeURIComponent(draw.of(filters))}` }),
    () => ({ method: draw.of(['POST', 'PUT', 'PATCH']), target: one, body: draw.of(bodies) }),
    () => ({
      method: 'POST',
      target: `/scim/v2${draw.of(['/Bulk', '/.search', '/Users/.search'])}`,
      body: draw.of(bodies),
    }),
    () => ({
      method: 'POST',
      target: `${resource}/.search`,
      body: { filter: draw.of([...filters, ...values]), sortBy: draw.of(values), count: draw.of(values) },
    }),
    () => ({
      method: draw.of(['DELETE', 'OPTIONS', 'TRACE', 'HEAD', 'PROPFIND']),
      target: `/scim/v2${draw.of(targets)}`,
    }),
    () => ({
      method: 'POST',
      target: resource,
      body: '{"userName":"x"}',
      headers: { 'content-type': draw.of(types) },
    }),
    () => ({
      method: 'GET',
      target: resource,
      headers: {
        authorization: draw.of([undefined, 'Bearer', 'Bearer x', 'Basic eDp5', `Bearer ${'x'.repeat(4000)}`]),
      },
    }),
    () => ({
      method: 'GET',
      target: one,
      headers: { 'if-none-match': draw.of(['*', 'W/"', '"1"', 'x'.repeat(500)]) },
    }),
  ])();
}

/** Spoils one place of a valid body: a value of another kind, a name dropped or written otherwise. */
export function spoil(draw: Draw, body: unknown): unknown {
  const copy = structuredClone(body);
  const places: [parent: Record<string, unknown>, key: string][] = [];
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push([value as Record<string, unknown>, key]);
      walk((value as Record<string, unknown>)[key]);
    }
  };
  walk(copy);
  const [parent, key] = draw.of(places);
  const how = draw.below(4);
  if (how === 0) parent[key] = draw.of(values);
  else if (how === 1) delete parent[key];
  else if (how === 2) parent[draw.of([key.toUpperCase(), `${key}.x`, `urn:x:${key}`])] = parent[key];
  else parent[key] = [parent[key]];
  return copy;
}
