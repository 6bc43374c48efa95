import { beforeAll, describe, expect, it } from 'vitest';
import { scimHub, type ScimSource } from '../harness/scim-source.js';

const hub = scimHub();
let source: ScimSource;
beforeAll(async () => {
  source = await hub.newSource();
});

const patch = (value: string) => ({ Operations: [{ op: 'replace', path: 'displayName', value }] });

describe.each(['/Users', '/Groups'] as const)('versions of %s', (path) => {
  let count = 0;
  const make = async () => {
    const name = `v${++count}`;
    const body = path === '/Users' ? { userName: name, displayName: name } : { displayName: name };
    const id = await source.make(path, body);
    const read = await source.get(`${path}/${id}`);
    expect(read.headers.get('etag')).toBe(read.body.meta.version);
    return { at: `${path}/${id}`, etag: read.headers.get('etag')!, body };
  };

  it('spare a read that brings nothing new', async () => {
    const { at, etag } = await make();
    for (const known of [etag, etag.replace('W/', ''), '*', `"x", ${etag}`]) {
      const answer = await source.get(at, { 'if-none-match': known });
      expect(answer, known).toMatchObject({ status: 304, body: undefined });
      expect(answer.headers.get('etag')).toBe(etag);
    }
    for (const other of ['W/"999"', '"x"']) {
      expect((await source.get(at, { 'if-none-match': other })).status).toBe(200);
    }
    await source.send('PATCH', at, patch(`new ${at}`));
    expect((await source.get(at, { 'if-none-match': etag })).status).toBe(200);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('guard a %s', async (method) => {
    const { at, etag, body } = await make();
    const send = (ifMatch: string) =>
      source.send(
        method,
        at,
        method === 'PUT'
          ? { ...body, externalId: ifMatch }
          : method === 'PATCH'
            ? patch(`${at} ${ifMatch}`)
            : undefined,
        {
          'if-match': ifMatch,
        },
      );
    for (const wrong of ['W/"999"', '"x"', 'W/"7", W/"8"']) {
      const refused = await send(wrong);
      expect(refused).toMatchObject({
        status: 412,
        body: { status: '412', detail: expect.stringMatching(/If-Match/) },
      });
    }
    expect((await source.get(at)).headers.get('etag')).toBe(etag);
    expect((await send(`W/"999", ${etag}`)).status).toBeLessThan(300);
    if (method === 'DELETE') return;
    expect((await send('*')).status).toBeLessThan(300);
    expect((await send(etag)).status).toBe(412);
  });
});
