import {
  BatchRequestContent,
  BatchResponseContent,
  Client,
  type GraphError,
  type PageCollection,
  PageIterator,
} from '@microsoft/microsoft-graph-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent } from 'undici';
import { apps, type GraphDouble, startGraphDouble } from '../doubles/microsoft-graph/graph-double.js';
import type { Json } from '../doubles/microsoft-graph/graph-error.js';
import { hasOpenssl, selfSigned } from '../integration/tls-files.js';

/** Microsoft's own client speaks to the double as to Graph: over TLS, since it gives its token to nothing else. */
describe.skipIf(!hasOpenssl && process.env.CI !== 'true')(
  'the Graph SDK and the double (needs openssl)',
  () => {
    let double: GraphDouble;
    let agent: Agent;
    let client: Client;
    beforeAll(async () => {
      const tls = selfSigned('DNS:localhost,IP:127.0.0.1');
      double = await startGraphDouble({ tls });
      agent = new Agent({ connect: { ca: tls.cert } });
      client = Client.initWithMiddleware({
        authProvider: { getAccessToken },
        baseUrl: `${double.authority}/`,
        customHosts: new Set(['127.0.0.1']),
        fetchOptions: { dispatcher: agent } as object,
      });
    });
    afterAll(async () => {
      await agent?.close();
      await double?.stop();
    });

    async function getAccessToken(): Promise<string> {
      const response = await fetch(`${double.authority}/${double.tenant}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          scope: 'https://graph.microsoft.com/.default',
          client_id: apps.writer.clientId,
          client_secret: apps.writer.secret,
        }),
        dispatcher: agent,
      } as object);
      return ((await response.json()) as Json).access_token as string;
    }

    const user = (name: string): Promise<Json> =>
      client.api('/users').post({
        accountEnabled: true,
        displayName: name,
        mailNickname: name,
        userPrincipalName: `${name}@contoso.example`,
        passwordProfile: { password: 'Xy12!abcd' },
      }) as Promise<Json>;

    it('makes, reads, changes, restores and deletes users', async () => {
      const ada = await user('ada');
      await client.api(`/users/${ada.id}`).update({ jobTitle: 'Engineer' });
      const seen = (await client.api('/users/ada@contoso.example').select(['id', 'jobTitle']).get()) as Json;
      expect(seen).toMatchObject({ id: ada.id, jobTitle: 'Engineer' });
      await client.api(`/users/${ada.id}`).delete();
      await client.api(`/directory/deletedItems/${ada.id}/restore`).post({});
      const found = (await client
        .api('/users')
        .header('ConsistencyLevel', 'eventual')
        .count(true)
        .filter("endsWith(userPrincipalName,'contoso.example')")
        .get()) as Json;
      expect(found.value.map(({ id }: Json) => id)).toEqual([ada.id]);
    });

    it('reads the error of a refusal', async () => {
      await expect(user('ada')).rejects.toMatchObject({
        statusCode: 400,
        code: 'Request_BadRequest',
        requestId: expect.stringMatching(/.{36}/),
      } satisfies Partial<GraphError>);
      await expect(client.api('/users/nobody@contoso.example').get()).rejects.toMatchObject({
        statusCode: 404,
      });
    });

    it('goes from page to page, through lists and through changes', async () => {
      for (const name of ['bob', 'carol', 'dave', 'eve']) await user(name);
      const first = (await client.api('/users').top(2).select('id').get()) as PageCollection;
      const ids = new Set<string>();
      const iterator = new PageIterator(client, first, ({ id }: Json) => Boolean(ids.add(id as string)));
      await iterator.iterate();
      expect(ids.size).toBe(double.directory.objects.size);
      expect(iterator.isComplete()).toBe(true);

      const from = (await client
        .api('/users/delta')
        .query({ $deltatoken: 'latest' })
        .get()) as PageCollection;
      const frank = await user('frank');
      const page = (await client.api(from['@odata.deltaLink']!).get()) as PageCollection;
      const changed = new Set<string>();
      const changes = new PageIterator(client, page, ({ id }: Json) => Boolean(changed.add(id as string)));
      await changes.iterate();
      expect([...changed]).toEqual([frank.id]);
      expect(changes.getDeltaLink()).toContain('deltatoken');
    });

    it('changes members one by one, many at once and in a batch', async () => {
      const [gina, hank] = [await user('gina'), await user('hank')];
      const group = (await client.api('/groups').post({
        displayName: 'All',
        mailEnabled: false,
        mailNickname: 'all',
        securityEnabled: true,
      })) as Json;
      const reference = (id: string) => `${double.graphUrl}/directoryObjects/${id}`;
      await client.api(`/groups/${group.id}/members/$ref`).post({ '@odata.id': reference(gina.id) });
      await client.api(`/groups/${group.id}`).patch({ 'members@odata.bind': [reference(hank.id)] });
      const remove = (id: string, member: string) => ({
        id,
        // The SDK takes the host away and leaves the rest, which is meant to have no version.
        request: new Request(`${double.authority}/groups/${group.id}/members/${member}/$ref`, {
          method: 'DELETE',
        }),
      });
      const content = new BatchRequestContent([remove('1', gina.id), remove('2', group.id)]);
      const answer = new BatchResponseContent(
        (await client.api('/$batch').post(await content.getContent())) as never,
      );
      expect(answer.getResponseById('1').status).toBe(204);
      expect(answer.getResponseById('2').status).toBe(404);
      const members = (await client.api(`/groups/${group.id}/members`).get()) as Json;
      expect(members.value.map(({ id }: Json) => id)).toEqual([hank.id]);
    });

    it('waits as long as a busy service says, and asks again', async () => {
      double.throttle = { bucket: 'read', retryAfterSeconds: 1, times: 1 };
      const from = performance.now();
      expect(await client.api('/organization').get()).toMatchObject({ value: [{ displayName: 'Contoso' }] });
      expect(performance.now() - from).toBeGreaterThan(950);
    });
  },
);
