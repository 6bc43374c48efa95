import { type Comparison, compare } from './compare.js';
import { entraUser } from './entra-user.js';
import { load, type LoadRequest, type LoadResult } from './load.js';
import { Bench } from './processes.js';

const clients = 32;
const rounds = 5;
const perRound = 3000;
const scim = { 'content-type': 'application/scim+json' };

interface Side {
  origin: string;
  base: string;
  authorization: string;
  /** How many users it has. */
  users: number;
  /** Of some of them. */
  ids: string[];
}

/** SCIM requests, each beside a plain server doing one statement, with so many users stored. */
export async function inbound(users = 100_000): Promise<Comparison[]> {
  const bench = await Bench.open();
  try {
    const { value: port } = await bench.start(
      'bare-server.js',
      { DATABASE_URL: await bench.database('bare') },
      (line) => (line.startsWith('port ') ? Number(line.slice(5)) : undefined),
    );
    const hub = await bench.startHub(await bench.database('hub'));
    const authorization = `Bearer ${await hub.source()}`;
    const ours: Side = { origin: hub.origin, base: '/scim/v2', authorization, users: 0, ids: [] };
    const bare: Side = { origin: `http://127.0.0.1:${port}`, base: '', authorization, users: 0, ids: [] };

    const post = (side: Side): LoadRequest => ({
      method: 'POST',
      path: '/Users',
      body: JSON.stringify(entraUser(side.users++)),
    });
    const sides = (requests: number, request: (side: Side) => LoadRequest, expect: number) => ({
      ours: () => send(ours, requests, request, expect),
      bare: () => send(bare, requests, request, expect),
    });
    const warmUp = sides(2000, post, 201);
    await warmUp.bare();
    await warmUp.ours();
    const rows = [
      await compare('SCIM POST /Users, durable, 32 clients', 0.6, rounds, sides(perRound, post, 201)),
    ];
    const fill = sides(Math.max(0, users - ours.users), post, 201);
    await fill.ours();
    await fill.bare();
    for (const side of [ours, bare]) side.ids = await someIds(side, users);

    const stored = `${users} users, 32 clients`;
    const anyone = (side: Side) => Math.floor(Math.random() * side.users);
    const some = ({ ids }: Side) => ids[Math.floor(Math.random() * ids.length)]!;
    const read =
      (path: (side: Side) => string) =>
      (side: Side): LoadRequest => ({ method: 'GET', path: path(side) });
    const filter = (text: string) => `/Users?filter=${encodeURIComponent(text)}`;
    const measure = async (
      what: string,
      atLeast: number | undefined,
      requests: number,
      request: (side: Side) => LoadRequest,
    ) => rows.push(await compare(`${what}, ${stored}`, atLeast, rounds, sides(requests, request, 200)));
    await measure(
      'GET by id',
      0.6,
      perRound * 2,
      read((side) => `/Users/${some(side)}`),
    );
    await measure(
      'filter userName eq',
      0.6,
      perRound * 2,
      read((side) => filter(`userName eq "person${anyone(side)}@contoso.example"`)),
    );
    await measure(
      'filter name.familyName eq',
      undefined,
      perRound,
      read((side) => filter(`name.familyName eq "Family${anyone(side)}"`)),
    );
    const page = () => `/Users?startIndex=${1 + Math.floor(Math.random() * (users - 100))}&count=100`;
    await measure('page of 100 at any place', undefined, 200, read(page));
    await measure('PATCH of one attribute, durable', undefined, perRound, (side) => ({
      method: 'PATCH',
      path: `/Users/${some(side)}`,
      body: JSON.stringify({
        Operations: [{ op: 'replace', path: 'title', value: `Title ${Math.random()}` }],
      }),
    }));
    return rows;
  } finally {
    await bench.close();
  }
}

function send(
  side: Side,
  requests: number,
  request: (side: Side) => LoadRequest,
  expect: number,
): Promise<LoadResult> {
  const { origin, base, authorization } = side;
  return load({
    origin,
    clients,
    requests,
    expect,
    request: () => {
      const { path, ...rest } = request(side);
      return { ...rest, path: base + path, headers: { ...(rest.body !== undefined && scim), authorization } };
    },
  });
}

async function someIds({ origin, base, authorization }: Side, users: number): Promise<string[]> {
  const ids: string[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const startIndex = 1 + Math.floor(Math.random() * Math.max(1, users - 500));
    const url = `${origin}${base}/Users?startIndex=${startIndex}&count=500`;
    const response = await fetch(url, { headers: { authorization } });
    const { Resources } = (await response.json()) as { Resources: { id: string }[] };
    ids.push(...Resources.map(({ id }) => id));
  }
  return ids;
}
