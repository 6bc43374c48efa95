import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { connectorModule, type AttributeChange, type OperationContext } from '@rollcall/connectors';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

interface Heard {
  line: string;
  body?: any;
  type?: string;
  key?: string | string[];
  ifMatch?: string;
}

/** An app that answers with what `answer` says, and a connector to it. */
async function start(settings: object, answer: (heard: Heard) => object | undefined, credentials?: object) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { headers } = request;
      const line = `${request.method} ${decodeURIComponent(request.url!)}`;
      const one: Heard = {
        line,
        type: headers['content-type'],
        key: headers['x-api-key'],
        ifMatch: headers['if-match'],
      };
      if (body !== '') one.body = JSON.parse(body);
      heard.push(one);
      const said = answer(one);
      response
        .writeHead(said ? 200 : 204, { 'content-type': 'application/json' })
        .end(said && JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connector = connectorModule('scim2')!.open(
    { baseUrl, ...settings },
    credentials ?? { type: 'bearer', token: 't' },
    { userAgent: 'rollcall-test' },
  );
  cleanUp.push(() => connector.close());
  return { heard, connector };
}
const set = (attribute: string, value: string): AttributeChange => ({ op: 'set', attribute, value });

describe('quirks that are switched on', () => {
  it('one operation for each PATCH, a trailing slash, a base path, a content type and a key in a header', async () => {
    const settings = {
      operationsPerPatch: 1,
      trailingSlash: true,
      basePath: '/scim/v2',
      contentType: 'application/json',
    };
    const key = { type: 'header', name: 'X-Api-Key', value: 'k' };
    const { heard, connector } = await start(settings, () => undefined, key);
    const changes = [set('title', 'a'), set('displayName', 'b')];
    expect(await connector.update('user', '1', changes, live)).toMatchObject({ kind: 'ok' });
    expect(heard.map(({ line }) => line)).toEqual(Array(2).fill('PATCH /scim/v2/Users/1/'));
    expect(heard.map(({ body }) => body.Operations)).toEqual([
      [{ op: 'replace', path: 'title', value: 'a' }],
      [{ op: 'replace', path: 'displayName', value: 'b' }],
    ]);
    expect(heard[0]).toMatchObject({ type: 'application/json', key: 'k' });
  });

  it('values are cleared by writing empty ones', async () => {
    const { heard, connector } = await start({ clearWith: 'empty' }, () => undefined);
    await connector.update('user', '1', [{ op: 'unset', attribute: 'title' }], live);
    expect(heard[0]?.body.Operations).toEqual([{ op: 'replace', path: 'title', value: '' }]);
  });

  it('operations without a path send whole attributes, and paths to take away', async () => {
    const user = { id: '1', name: { givenName: 'Ada', familyName: 'Byron' }, title: 'a' };
    const { heard, connector } = await start({ patchPaths: false }, () => user);
    const changes: AttributeChange[] = [
      set('name.givenName', 'A'),
      { op: 'unset', attribute: 'name.familyName' },
      { op: 'unset', attribute: 'title' },
    ];
    await connector.update('user', '1', changes, live);
    expect(heard.at(-1)?.body.Operations).toEqual([
      { op: 'replace', value: { name: { givenName: 'A' } } },
      { op: 'remove', path: 'name.familyName' },
      { op: 'remove', path: 'title' },
    ]);
  });

  it('PUT writes back what was read, with the changes, and its version', async () => {
    const user = {
      id: '1',
      userName: 'ada',
      nickName: 'of the app',
      meta: { version: 'W/"7"' },
      groups: [{}],
    };
    const { heard, connector } = await start({ updateWith: 'put' }, () => user);
    await connector.update('user', '1', [set('title', 'Countess')], live);
    expect(heard.at(-1)).toMatchObject({ line: 'PUT /Users/1', ifMatch: 'W/"7"' });
    expect(heard.at(-1)?.body).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      id: '1',
      userName: 'ada',
      nickName: 'of the app',
      title: 'Countess',
    });
  });

  it('a group that would be emptied by PUT is not written', async () => {
    const settings = { updateWith: 'put', membersReadable: false };
    const { heard, connector } = await start(settings, () => ({ id: 'g' }));
    const outcome = await connector.update('group', 'g', [set('displayName', 'b')], live);
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'members-unknown', remedy: expect.any(String) });
    expect(heard).toEqual([]);
  });

  it('in plan mode the calls are told and none is made', async () => {
    for (const settings of [{ updateWith: 'put' }, { patchPaths: false }, { protocol: '1.1' }]) {
      const { heard, connector } = await start(settings, () => ({ id: '1' }));
      const plan: OperationContext = { ...live, mode: 'plan' };
      const outcome = await connector.update('user', '1', [set('name.givenName', 'A')], plan);
      expect(outcome.kind).toBe('planned');
      expect(outcome.calls?.map(({ method }) => method)[0]).toBe('GET');
      expect(heard).toEqual([]);
    }
  });

  it('an app that cannot be searched by an attribute is read through', async () => {
    const users = [
      { id: '1', userName: 'a', externalId: 'x' },
      { id: '2', userName: 'b', externalId: 'y' },
    ];
    const { heard, connector } = await start({ searchable: ['userName'] }, () => ({
      totalResults: 2,
      Resources: users,
    }));
    expect(await connector.find('user', { attribute: 'externalId', value: 'y' })).toMatchObject({
      kind: 'ok',
      value: [{ id: '2' }],
    });
    expect(heard[0]?.line).toBe('GET /Users');
  });
});

describe('lists by cursor (RFC 9865)', () => {
  const page = (cursor: string | null) =>
    cursor === 'b' ? { Resources: [{ id: '2' }] } : { Resources: [{ id: '1' }], nextCursor: 'b' };

  it.each(['index', 'cursor'])('are read to their end, asked for by %s at first', async (paging) => {
    const { heard, connector } = await start({ paging }, ({ line }) =>
      page(new URL(line.slice(4), 'http://x').searchParams.get('cursor')),
    );
    const first = await connector.list('user', {});
    if (first.kind !== 'ok') throw new Error(first.kind);
    const second = await connector.list('user', { cursor: first.value.nextCursor });
    expect(second).toMatchObject({ kind: 'ok', value: { objects: [{ id: '2' }] } });
    expect(second.kind === 'ok' && second.value.nextCursor).toBeUndefined();
    expect(heard.map(({ line }) => line)).toEqual([
      paging === 'index' ? 'GET /Users?startIndex=1&count=100' : 'GET /Users?cursor=&count=100',
      'GET /Users?cursor=b&count=100',
    ]);
  });

  it('end when the app gives the same cursor again, and say so', async () => {
    let last = 0;
    const { connector } = await start({}, () => ({
      Resources: [{ id: String(++last) }],
      nextCursor: 'loop',
    }));
    let cursor: string | undefined;
    for (let at = 0; at < 5; at++) {
      const outcome = await connector.list('user', { cursor });
      if (outcome.kind !== 'ok') throw new Error(outcome.kind);
      cursor = outcome.value.nextCursor;
      if (cursor === undefined) return expect(outcome.value.cutShort).toContain('same cursor');
    }
    throw new Error('The list does not end.');
  });
});
