// @ts-check
import { createServer } from 'node:http';
import { applyPatch } from './apply-patch.mjs';
import { CallRecord } from './call-record.mjs';
import { FaultSchedule } from './fault-schedule.mjs';
import { GroupMembers } from './group-members.mjs';
import { Refused, Resources } from './resources.mjs';

/** @typedef {Record<string, any>} Json */
/** @typedef {{ status: number, body?: unknown, headers?: Record<string, string> }} Answer */

/**
 * A SCIM 2.0 target for tests: fast, in memory, and able to go wrong in the ways targets do.
 * @param {{ port?: number, token?: string, faults?: import('./scim-target.mjs').Faults }} [options]
 * @returns {Promise<import('./scim-target.mjs').ScimTarget>}
 */
export async function startScimTarget({ port = 0, token = 'target-token', faults = {} } = {}) {
  let schedule = new FaultSchedule(faults);
  const current = () => schedule.faults;
  const users = new Resources('userName', current);
  const groups = new Resources('displayName', current);
  const members = new GroupMembers((id) => users.byId.has(id) || groups.byId.has(id), current);
  const record = new CallRecord();
  const target = { users, groups, members, current };

  const server = createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = parse(Buffer.concat(chunks).toString());
      const url = new URL(request.url ?? '/', 'http://target');
      const method = request.method ?? 'GET';
      const call = record.start(method, url, body, (id) => users.byId.get(id)?.userName);
      response.once('close', () =>
        record.end(call, response.writableFinished ? response.statusCode : 'lost'),
      );
      const answer = () => respond(method, url, body, request.headers, response);
      const wait = schedule.latencyMs();
      if (wait > 0) setTimeout(answer, wait);
      else answer();
    });
  });
  server.keepAliveTimeout = 60_000;

  /**
   * @param {string} method
   * @param {URL} url
   * @param {unknown} body
   * @param {import('node:http').IncomingHttpHeaders} headers
   * @param {import('node:http').ServerResponse} response
   */
  function respond(method, url, body, headers, response) {
    if (response.destroyed) return;
    const special = current();
    if (special.redirectTo) return send(response, { status: 302, headers: { location: special.redirectTo } });
    if (special.webPage) return sendPage(response, special.webPage);
    if (special.refuse) return send(response, error(special.refuse, `Not allowed: ${headers.authorization}`));
    if (headers.authorization !== `Bearer ${token}`) return send(response, error(401, 'Wrong token'));
    const fault = schedule.next(method !== 'GET');
    if (fault === 'throttle') return send(response, throttle(special.throttle));
    if (fault === 'fail') return send(response, error(special.fail?.status ?? 500, 'Something broke'));
    if (fault === 'lose-request') return void response.destroy();
    const answer = carryOut(target, method, url, body);
    if (fault === 'lose-answer') return void response.destroy();
    send(response, answer);
  }

  /** @param {number} at */
  const listen = (at) =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, '127.0.0.1', () => resolve(server.off('error', reject)));
    });
  const shut = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  await listen(port);
  const bound = /** @type {import('node:net').AddressInfo} */ (server.address()).port;

  return {
    baseUrl: `http://127.0.0.1:${bound}/scim/v2`,
    token,
    setFaults: async (next) => void (schedule = new FaultSchedule(next)),
    goDown: async () => void (await shut()),
    comeBack: async () => void (await listen(bound)),
    counts: async () => ({ accounts: users.byId.size, calls: record.calls.length }),
    report: async () => ({
      accounts: [...users.byId.values()],
      groups: [...groups.byId.values()].map((group) => ({
        ...group,
        members: [...members.of(group.id).values()],
      })),
      duplicates: [...users.duplicates, ...groups.duplicates],
      created: users.created,
      deleted: users.deleted,
      ...record.report(),
    }),
    stop: async () => {
      if (server.listening) await shut();
    },
  };
}

/**
 * @param {{ users: Resources, groups: Resources, members: GroupMembers, current: () => import('./scim-target.mjs').Faults }} target
 * @param {string} method
 * @param {URL} url
 * @param {any} body
 * @returns {Answer}
 */
function carryOut({ users, groups, members, current }, method, url, body) {
  const [, place = '', id] = url.pathname
    .replace(/^\/scim\/v2/, '')
    .split('/')
    .map(decodeURIComponent);
  if (place === 'ServiceProviderConfig' && current().undescribed !== true)
    return {
      status: 200,
      body: { patch: { supported: true }, filter: { supported: true, maxResults: 200 } },
    };
  const resources = place === 'Users' ? users : place === 'Groups' ? groups : undefined;
  if (!resources) return error(404, 'Endpoint not found');
  try {
    if (id === undefined && method === 'GET') return list(resources, url.searchParams, current());
    if (id === undefined && method === 'POST') {
      const made = resources.create(body ?? {});
      if (current().emptyCreated === 'location')
        return { status: 201, headers: { location: `${url.pathname}/${made.id}` } };
      return { status: 201, body: current().emptyCreated ? undefined : made };
    }
    if (id === undefined) return error(405, `${method} is not offered`);
    if (method === 'GET') return { status: 200, body: resources.get(id) };
    if (method === 'PUT') return { status: 200, body: resources.replace(id, body ?? {}) };
    if (method === 'DELETE') {
      resources.delete(id);
      members.forget(id);
      return { status: 204 };
    }
    if (method !== 'PATCH') return error(405, `${method} is not offered`);
    const resource = resources.get(id);
    const others = resources === groups ? members.apply(id, body?.Operations ?? []) : body?.Operations;
    if (resources === groups && others.length === 0) return { status: 204 };
    return {
      status: 200,
      body: resources.replace(id, applyPatch(resource, { ...body, Operations: others })),
    };
  } catch (refused) {
    if (refused instanceof Refused) return error(refused.status, refused.message, refused.scimType);
    throw refused;
  }
}

/**
 * @param {Resources} resources
 * @param {URLSearchParams} query
 * @param {import('./scim-target.mjs').Faults} faults
 * @returns {Answer}
 */
function list(resources, query, faults) {
  const filter = query.get('filter');
  if (filter !== null && !faults.ignoreFilter) {
    const found = resources.find(filter);
    return {
      status: 200,
      body: { totalResults: found.length, startIndex: 1, itemsPerPage: found.length, Resources: found },
    };
  }
  const all = [...resources.byId.values()];
  const count = Math.min(Number(query.get('count') ?? 100), faults.pageSize ?? 200);
  const start = faults.repeatPage ? 1 : Math.max(1, Number(query.get('startIndex') ?? 1));
  const page = all.slice(start - 1, start - 1 + count);
  const total =
    faults.totalResults === 'absent'
      ? {}
      : { totalResults: faults.totalResults === 'page' ? page.length : all.length };
  return { status: 200, body: { ...total, startIndex: start, itemsPerPage: page.length, Resources: page } };
}

/**
 * @param {number} status
 * @param {string} detail
 * @param {string} [scimType]
 * @returns {Answer}
 */
function error(status, detail, scimType) {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  return { status, body: { schemas, status: String(status), ...(scimType && { scimType }), detail } };
}

/**
 * @param {import('./scim-target.mjs').Faults['throttle']} throttle
 * @returns {Answer}
 */
function throttle({ form = 'seconds', seconds = 1, status = 429 } = { every: 1 }) {
  const at = new Date(Date.now() + seconds * 1000);
  /** @type {Record<string, Record<string, string>>} */
  const headers = {
    seconds: { 'retry-after': String(seconds) },
    date: { 'retry-after': at.toUTCString() },
    ratelimit: { ratelimit: `limit=10, remaining=0, reset=${seconds}` },
    'x-ratelimit': {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.ceil(at.getTime() / 1000)),
    },
    silent: {},
  };
  return { ...error(status, 'Too many requests'), headers: headers[form] };
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {Answer} answer
 */
function send(response, { status, body, headers }) {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...headers,
    ...(text !== '' && { 'content-type': 'application/scim+json' }),
    ...(status !== 204 && { 'content-length': Buffer.byteLength(text) }),
  });
  response.end(text);
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 */
function sendPage(response, status) {
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end('<html><body>Back soon</body></html>');
}

/** @param {string} text */
function parse(text) {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
