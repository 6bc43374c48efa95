import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ScimTarget } from '../doubles/scim-target/scim-target.mjs';
import { type Comparison, median } from './compare.js';
import { entraUser } from './entra-user.js';
import { load, type LoadResult } from './load.js';
import { Bench, type Hub } from './processes.js';

const clients = 8;
const scim = { 'content-type': 'application/scim+json' };

/** The double lies beside the sources: it is plain JavaScript and not compiled. */
async function spawnTarget(latencyMs: number): Promise<ScimTarget> {
  const path = fileURLToPath(
    new URL('../../../test/doubles/scim-target/spawn-scim-target.mjs', import.meta.url),
  );
  const { spawnScimTarget } = (await import(
    pathToFileURL(path).href
  )) as typeof import('../doubles/scim-target/spawn-scim-target.mjs');
  return spawnScimTarget({ faults: { latencyMs } });
}

/**
 * Pushing users to a SCIM target that was empty, beside a bare client that posts the same bodies: to a target
 * that answers at once and to one that takes 10 ms, with the queues in Redis (where redis-server is installed)
 * and in Postgres.
 */
export async function push(users = 10_000): Promise<Comparison[]> {
  const bench = await Bench.open();
  try {
    const redisUrl = await bench.startRedis();
    const rows: Comparison[] = [];
    for (const [queues, environment] of [
      ...(redisUrl ? [['Redis', { REDIS_URL: redisUrl }] as const] : []),
      ['Postgres', {}] as const,
    ]) {
      const hub = await bench.startHub(await bench.database(`hub_${queues.toLowerCase()}`), environment);
      await fill(hub, users);
      for (const latencyMs of [10, 0]) {
        const took = latencyMs === 0 ? 'that answers at once' : `that takes ${latencyMs} ms`;
        const what = `pushing ${users} users to a target ${took}, ${clients} at once, queues in ${queues}`;
        rows.push(await comparePush(what, hub, users, latencyMs));
      }
      await bench.stop(hub.child);
    }
    return rows;
  } finally {
    await bench.close();
  }
}

async function fill(hub: Hub, users: number): Promise<void> {
  const authorization = `Bearer ${await hub.source()}`;
  let number = 0;
  await load({
    origin: hub.origin,
    clients: 32,
    requests: users,
    request: () => ({
      method: 'POST',
      path: '/scim/v2/Users',
      body: JSON.stringify(entraUser(number++)),
      headers: { ...scim, authorization },
    }),
    expect: 201,
  });
}

async function comparePush(what: string, hub: Hub, users: number, latencyMs: number): Promise<Comparison> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 3; round++) {
    const target = await spawnTarget(latencyMs);
    try {
      const seconds = await pushAll(hub, target, users);
      ours.push(users / seconds);
      const { accounts } = await target.report();
      if (accounts.length !== users) throw new Error(`${accounts.length} of ${users} arrived`);
      bare.push((await postAll(accounts, latencyMs)).perSecond);
    } finally {
      await target.stop();
    }
  }
  const ratios = ours.map((rate, round) => rate / bare[round]!);
  return {
    what,
    ours: median(ours),
    bare: median(bare),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    atLeast: 0.5,
  };
}

async function connect(hub: Hub, target: ScimTarget): Promise<string> {
  const { id } = await hub.admin<{ id: string }>('POST', 'connections', {
    name: `Target ${target.baseUrl}`,
    connector: 'scim2',
    settings: { baseUrl: target.baseUrl },
    credentials: { type: 'bearer', token: target.token },
  });
  await hub.admin('POST', `connections/${id}/enable`);
  return id;
}

async function pushAll(hub: Hub, target: ScimTarget, users: number): Promise<number> {
  const start = performance.now();
  const id = await connect(hub, target);
  for (;;) {
    const { done, failed, total } = await hub.admin<{ done: number; failed?: number; total: number }>(
      'GET',
      `connections/${id}/progress`,
    );
    if (total >= users && done + (failed ?? 0) >= total) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  const seconds = (performance.now() - start) / 1000;
  await hub.admin('POST', `connections/${id}/disable`);
  return seconds;
}

async function postAll(accounts: Record<string, unknown>[], latencyMs: number): Promise<LoadResult> {
  const target = await spawnTarget(latencyMs);
  try {
    const base = new URL(target.baseUrl);
    const bodies = accounts.map(({ id: _id, meta: _meta, ...body }) => JSON.stringify(body));
    return await load({
      origin: base.origin,
      clients,
      requests: bodies.length,
      request: (index) => ({
        method: 'POST',
        path: `${base.pathname}/Users`,
        body: bodies[index]!,
        headers: { ...scim, authorization: `Bearer ${target.token}` },
      }),
      expect: 201,
    });
  } finally {
    await target.stop();
  }
}

export interface Latency {
  what: string;
  p50Ms: number;
  p95Ms: number;
  atMostMs: number;
}

/** From the answer of a change to the operation recorded as confirmed by the target, nothing else going on. */
export async function confirmed(changes = 200): Promise<Latency[]> {
  const bench = await Bench.open();
  const target = await spawnTarget(0);
  try {
    const hub = await bench.startHub(await bench.database('hub'));
    const authorization = `Bearer ${await hub.source()}`;
    const id = await connect(hub, target);
    const accepted = new Map<string, number>();
    for (let number = 0; number < changes; number++) {
      const response = await fetch(`${hub.origin}/scim/v2/Users`, {
        method: 'POST',
        headers: { ...scim, authorization },
        body: JSON.stringify(entraUser(number)),
      });
      const user = (await response.json()) as { id: string };
      accepted.set(user.id, Date.now());
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    const times = await confirmations(hub, id, accepted);
    return [
      {
        what: `accepted change to confirmed at the target, idle hub, ${changes} users`,
        p50Ms: times[Math.floor(times.length * 0.5)]!,
        p95Ms: times[Math.floor(times.length * 0.95)]!,
        atMostMs: 1000,
      },
    ];
  } finally {
    await target.stop();
    await bench.close();
  }
}

async function confirmations(hub: Hub, connection: string, accepted: Map<string, number>): Promise<number[]> {
  for (;;) {
    const times: number[] = [];
    let cursor = '';
    do {
      const page = await hub.admin<{
        items: { at: string; status: string; subject: { id: string } }[];
        nextCursor?: string | null;
      }>('GET', `reports/provisioning?connection=${connection}&action=create&status=succeeded${cursor}`);
      for (const { at, subject } of page.items) times.push(Date.parse(at) - accepted.get(subject.id)!);
      cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : '';
    } while (cursor);
    if (times.length >= accepted.size) return times.toSorted((a, b) => a - b);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
