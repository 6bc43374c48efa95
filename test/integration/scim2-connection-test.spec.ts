import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectorModule } from '@rollcall/connectors';
import { profiles } from '../doubles/scim-vendors/profiles.js';
import { startVendorApp } from '../doubles/scim-vendors/vendor-app.js';
import { hasOpenssl, selfSigned } from './tls-files.js';

const scim2 = connectorModule('scim2')!;
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

async function listen(server: Server & { closeAllConnections(): void }): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
const serve = (handler: RequestListener) => listen(createServer(handler));
const serveTls = (options: ServerOptions) =>
  listen(
    createTlsServer(options, (_, response) =>
      response.setHeader('content-type', 'application/scim+json').end('{"totalResults":0,"Resources":[]}'),
    ),
  );

async function test(settings: object, credentials: object = { type: 'bearer', token: 'secret-token' }) {
  const connector = scim2.open(settings, credentials, { userAgent: 'rollcall-test' });
  const report = await connector.test();
  await connector.close();
  const failed = report.steps.find(({ status }) => status === 'failed');
  return { ...report, failed };
}
const html =
  (status: number): RequestListener =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Sign in</title>');

describe('the test of a connection says what is wrong and what to do', () => {
  it.each([
    ['a page for signing in', html(200), 'authenticate', /path/],
    ['a website without SCIM', html(404), 'authenticate', /scim\/v2/],
    [
      'a redirect to a page for signing in',
      (_, response) => void response.writeHead(302, { location: 'https://login.example.com/' }).end(),
      'authenticate',
      /not sent on/,
    ],
    ['401', json(401, { detail: 'bad token' }), 'authenticate', /new token/],
    ['403', json(403, { detail: 'no' }), 'authenticate', /right to manage users/],
    ['429', json(429, { detail: 'slow' }), 'read-users', /requestsPerSecond/],
    ['JSON that is no SCIM', json(200, { hello: 'world' }), 'read-users', /base URL/],
  ] as [string, RequestListener, string, RegExp][])('%s', async (_, handler, step, remedy) => {
    const port = await serve(handler);
    const { ok, failed } = await test({ baseUrl: `http://127.0.0.1:${port}/scim` });
    expect(ok).toBe(false);
    expect(failed).toMatchObject({ step, remedy: expect.stringMatching(remedy) });
  });

  it('credentials do not follow a redirect, and what the address holds is not told', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end();
    });
    const location = `http://127.0.0.1:${other}/?from=secret-token`;
    const port = await serve((_, response) => void response.writeHead(307, { location }).end());
    const report = await test({ baseUrl: `http://127.0.0.1:${port}` });
    expect(report.failed?.message).toContain(`127.0.0.1:${other}`);
    expect(JSON.stringify(report)).not.toContain('secret-token');
    expect(seen).toEqual([]);
  });

  describe.skipIf(!hasOpenssl && process.env.CI !== 'true')('TLS (needs the openssl program)', () => {
    it('an authority that is not known, until it is given', async () => {
      const pair = selfSigned('DNS:localhost,IP:127.0.0.1');
      const baseUrl = `https://127.0.0.1:${await serveTls(pair)}/scim`;
      expect((await test({ baseUrl })).failed).toMatchObject({
        step: 'tls',
        remedy: expect.stringContaining('trusted certificates'),
      });
      expect(await test({ baseUrl, caCertificates: pair.cert })).toMatchObject({ ok: true });
      const another = selfSigned('IP:127.0.0.1');
      expect((await test({ baseUrl, caCertificates: another.cert })).failed).toMatchObject({ step: 'tls' });
    });

    it('a certificate that has expired', async () => {
      const pair = selfSigned('IP:127.0.0.1', { days: [-30, -1] });
      const baseUrl = `https://127.0.0.1:${await serveTls(pair)}`;
      expect((await test({ baseUrl, caCertificates: pair.cert })).failed).toMatchObject({
        step: 'tls',
        remedy: expect.stringContaining('expired'),
      });
      expect(scim2.check!({ settings: { baseUrl, caCertificates: pair.cert } })).toEqual([
        { field: 'settings.caCertificates', message: expect.stringContaining('ended on') },
      ]);
    });

    it('a certificate for another name', async () => {
      const pair = selfSigned('DNS:app.example.com');
      const baseUrl = `https://127.0.0.1:${await serveTls(pair)}`;
      expect((await test({ baseUrl, caCertificates: pair.cert })).failed).toMatchObject({
        step: 'tls',
        remedy: expect.stringContaining('another host name'),
      });
    });

    it('an app that wants to see a certificate', async () => {
      const server = selfSigned('IP:127.0.0.1');
      const client = selfSigned('DNS:hub.example.com');
      const options = { ...server, ca: client.cert, requestCert: true, rejectUnauthorized: true };
      const settings = {
        baseUrl: `https://127.0.0.1:${await serveTls(options)}`,
        caCertificates: server.cert,
      };
      expect((await test(settings)).failed).toMatchObject({
        remedy: expect.stringContaining('client certificate'),
      });
      const credentials = { type: 'certificate', clientCertificate: client.cert, clientKey: client.key };
      expect(await test(settings, credentials)).toMatchObject({ ok: true });
      expect(scim2.check!({ credentials })).toEqual([]);
      const wrong = scim2.check!({ credentials: { ...credentials, clientKey: server.key } });
      expect(wrong).toMatchObject([{ field: 'credentials.clientKey' }]);
      expect(JSON.stringify(wrong)).not.toContain('PRIVATE KEY');
      expect(scim2.check!({ credentials: { ...credentials, clientKey: 'no key' } })).toMatchObject([
        { field: 'credentials.clientKey', message: expect.stringContaining('PEM') },
      ]);
      expect(
        scim2.check!({ credentials: { type: 'bearer', token: 't', clientCertificate: 'x' } }),
      ).toMatchObject([{ field: 'credentials.clientKey' }]);
    });
  });
});

describe('the write test', () => {
  it.each(Object.keys(profiles))('%s: makes an account, changes it and leaves nothing', async (preset) => {
    const { throttleEvery: _, ...profile } = profiles[preset]!;
    const app = await startVendorApp(profile);
    cleanUp.push(() => app.stop());
    const settings = { preset, baseUrl: app.origin + profile.basePath, writeProbe: true };
    const report = await test(settings, { type: 'bearer', token: app.token });
    expect(report.failed).toBeUndefined();
    expect(report.steps.map(({ step, status }) => `${step} ${status}`)).toContain('write-probe passed');
    expect([...app.users.values()].filter(({ active }) => active)).toEqual([]);
    const writes = app.calls.filter(({ method }) => method !== 'GET').map(({ method }) => method);
    expect(writes[0]).toBe('POST');
    expect(writes.at(-1)).toBe('DELETE');
  });

  it('writes nothing unless it is asked to', async () => {
    const app = await startVendorApp(profiles.exium!);
    cleanUp.push(() => app.stop());
    const report = await test({ baseUrl: `${app.origin}/scim` }, { type: 'bearer', token: app.token });
    expect(report.steps.find(({ step }) => step === 'write-probe')).toMatchObject({ status: 'skipped' });
    expect(new Set(app.calls.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it('says which account it could not take away again', async () => {
    const users = new Map<string, object>();
    const port = await serve((request, response) => {
      const { method } = request;
      if (method === 'DELETE') return json(403, { detail: 'not allowed' })(request, response);
      if (method !== 'POST') return json(200, { id: '1', totalResults: 0, Resources: [] })(request, response);
      users.set('1', {});
      return json(201, { id: '1' })(request, response);
    });
    const { failed } = await test({ baseUrl: `http://127.0.0.1:${port}`, writeProbe: true, groups: false });
    expect(failed).toMatchObject({
      step: 'write-probe',
      message: expect.stringMatching(/deleted.*rollcall-\w{8}@example\.com is left/),
    });
  });
});

function json(status: number, body: object): RequestListener {
  return (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/scim+json' }).end(JSON.stringify(body));
}
