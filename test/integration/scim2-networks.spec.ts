import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectorModule } from '@rollcall/connectors';
import { Networks } from '@rollcall/platform';

/** What the name resolves to, look-up by look-up; the last stays. */
const names = vi.hoisted(() => ({ answers: [] as string[][], asked: 0 }));
vi.mock('node:dns', async (original) => ({
  ...(await original<typeof import('node:dns')>()),
  lookup: (_host: string, _options: unknown, callback: (error: null, found: object[]) => void) => {
    const addresses = names.answers[Math.min(names.asked++, names.answers.length - 1)]!;
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    setImmediate(() => callback(null, found));
  },
}));

const closed = new Networks(['127.0.0.0/8', '169.254.0.0/16', '::1', '10.0.0.0/8']);
const allowAddress = (address: string) => !closed.contains(address);
const cleanUp: (() => Promise<unknown>)[] = [];
let asked: string[];
let port: number;
beforeEach(async () => {
  asked = [];
  names.asked = 0;
  const server = createServer((request, response) => {
    asked.push(request.url!);
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end('{"id":"1"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  cleanUp.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
});
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

function open(baseUrl: string, allowed = allowAddress) {
  const credentials = { type: 'bearer', token: 'secret-token' };
  const connector = connectorModule('scim2')!.open({ baseUrl, timeoutMs: 2_000 }, credentials, {
    userAgent: 'rollcall-test',
    allowAddress: allowed,
  });
  cleanUp.push(() => connector.close());
  return connector;
}
const denied = { kind: 'denied', remedy: expect.stringContaining('HUB_TARGET_NETWORKS') };

describe('the networks a hub may call', () => {
  it.each([
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:169.254.169.254]',
    '169.254.169.254',
    '0x7f000001',
    '017700000001',
  ])('a literal address such as %s does not get past', async (host) => {
    expect(await open(`http://${host}:${port}/scim`).get('user', '1')).toMatchObject(denied);
    expect(asked).toEqual([]);
  });

  it.each([
    [['127.0.0.1']],
    [['::ffff:127.0.0.1']],
    [['::ffff:a9fe:a9fe']],
    [['10.1.2.3', '::1', '127.0.0.1']],
  ])('a name does not get past when it resolves to %j', async (addresses) => {
    names.answers = [addresses];
    expect(await open(`http://app.example.com:${port}/scim`).get('user', '1')).toMatchObject(denied);
    expect(asked).toEqual([]);
  });

  it('of several addresses only those within are called', async () => {
    names.answers = [['10.1.2.3', '127.0.0.1']];
    const onlyLoopback = (address: string) => address === '127.0.0.1';
    const connector = open(`http://app.example.com:${port}/scim`, onlyLoopback);
    expect(await connector.get('user', '1')).toMatchObject({ kind: 'ok' });
  });

  it('a name that resolves to something else a moment later is checked again', async () => {
    names.answers = [['127.0.0.1'], ['::ffff:10.0.0.1']];
    const connector = open(`http://rebind.example.com:${port}/scim`, (address) => address === '127.0.0.1');
    expect(await connector.get('user', '1')).toMatchObject({ kind: 'ok' });
    expect(await connector.get('user', '1')).toMatchObject(denied);
    expect(names.asked).toBe(2);
    expect(asked).toHaveLength(1);
  });
});
