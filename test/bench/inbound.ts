import { Bench } from './processes.js';
import { entraUser } from './entra-user.js';
import { load, type LoadRequest } from './load.js';
import { type Comparison, compare } from './compare.js';

const clients = 32;
const rounds = 5;
const perRound = 3000;
const scim = { 'content-type': 'application/scim+json' };

/** SCIM POST, GET by id and filter by userName, each beside a plain server doing one statement. */
export async function inbound(users = 100_000): Promise<Comparison[]> {
  const bench = await Bench.open();
  try {
    const bareDatabase = await bench.database('bare');
    const { value: barePort } = await bench.start('bare-server.js', { DATABASE_URL: bareDatabase }, (line) =>
      line.startsWith('port ') ? Number(line.slice(5)) : undefined,
    );
    const bare = `http://127.0.0.1:${barePort}`;
    const hub = await bench.startHub(await bench.database('hub'));
    const authorization = `Bearer ${await hub.source()}`;

    let number = 0;
    const post = (path: string) => (): LoadRequest => ({
      method: 'POST',
      path,
      body: JSON.stringify(entraUser(number++)),
      headers: { ...scim, authorization },
    });
    await load({ origin: bare, clients, requests: 2000, request: post('/Users'), expect: 201 });
    await load({ origin: hub.origin, clients, requests: 2000, request: post('/scim/v2/Users'), expect: 201 });
    const created = await compare('SCIM POST /Users, durable, 32 clients', 0.6, rounds, {
      ours: () =>
        load({
          origin: hub.origin,
          clients,
          requests: perRound,
          request: post('/scim/v2/Users'),
          expect: 201,
        }),
      bare: () => load({ origin: bare, clients, requests: perRound, request: post('/Users'), expect: 201 }),
    });

    const fill = Math.max(0, users - number);
    await load({ origin: hub.origin, clients, requests: fill, request: post('/scim/v2/Users'), expect: 201 });
    await load({ origin: bare, clients, requests: fill, request: post('/Users'), expect: 201 });
    const ids = {
      hub: await someIds(`${hub.origin}/scim/v2/Users`, authorization),
      bare: await idsByName(bare, number, authorization),
    };
    const pick = (list: string[]) => list[Math.floor(Math.random() * list.length)]!;
    const get = (path: string, list: string[]) => (): LoadRequest => ({
      method: 'GET',
      path: `${path}/${pick(list)}`,
      headers: { authorization },
    });
    const read = await compare(`GET by id, ${users} users, 32 clients`, 0.6, rounds, {
      ours: () =>
        load({
          origin: hub.origin,
          clients,
          requests: perRound * 2,
          request: get('/scim/v2/Users', ids.hub),
          expect: 200,
        }),
      bare: () =>
        load({
          origin: bare,
          clients,
          requests: perRound * 2,
          request: get('/Users', ids.bare),
          expect: 200,
        }),
    });
    const filter = (path: string) => (): LoadRequest => ({
      method: 'GET',
      path: `${path}?filter=${encodeURIComponent(`userName eq "person${2000 + Math.floor(Math.random() * 1000)}@contoso.example"`)}`,
      headers: { authorization },
    });
    const found = await compare(`filter userName eq, ${users} users, 32 clients`, 0.6, rounds, {
      ours: () =>
        load({
          origin: hub.origin,
          clients,
          requests: perRound * 2,
          request: filter('/scim/v2/Users'),
          expect: 200,
        }),
      bare: () =>
        load({ origin: bare, clients, requests: perRound * 2, request: filter('/Users'), expect: 200 }),
    });
    return [created, read, found];
  } finally {
    await bench.close();
  }
}

async function someIds(url: string, authorization: string): Promise<string[]> {
  const ids: string[] = [];
  for (let startIndex = 1; startIndex < 20_000; startIndex += 1000) {
    const response = await fetch(`${url}?startIndex=${startIndex}&count=1000&attributes=id`, {
      headers: { authorization },
    });
    const { Resources } = (await response.json()) as { Resources: { id: string }[] };
    if (Resources.length === 0) break;
    ids.push(...Resources.map(({ id }) => id));
  }
  return ids;
}

async function idsByName(bare: string, users: number, authorization: string): Promise<string[]> {
  const ids: string[] = [];
  for (let turn = 0; turn < 2000; turn++) {
    const filter = encodeURIComponent(
      `userName eq "person${Math.floor(Math.random() * users)}@contoso.example"`,
    );
    const response = await fetch(`${bare}/Users?filter=${filter}`, { headers: { authorization } });
    const { Resources } = (await response.json()) as { Resources: { id: string }[] };
    ids.push(...Resources.map(({ id }) => id));
  }
  return ids;
}
