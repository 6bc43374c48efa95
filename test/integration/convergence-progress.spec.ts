import { expect, it } from 'vitest';
import { startScimTarget } from '../doubles/scim-target/scim-target.mjs';
import { waitFor } from '../harness/index.js';
import { evidenceRig } from './evidence-rig.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
const rig = evidenceRig();

it(
  'measures from the accepted change to its confirmation, and names who waits',
  { timeout: 180_000 },
  async () => {
    const early = await rig.createUser('early@example.com');
    const app = await rig.connect('App');
    await rig.at(early, app, 'active');
    await rig.reported();
    // Those who were there before the connection are its first run: no change was waiting for them.
    expect(await rig.get(`connections/${app}/convergence`)).toMatchObject({
      confirmed: 0,
      p50: null,
      laggards: [],
    });

    await rig.target.setFaults({ latencyMs: 400 });
    const later = await rig.createUser('later@example.com', { title: 'Clerk' });
    await rig.at(later, app, 'active');
    await rig.reported();
    const first = await rig.get(`connections/${app}/convergence`);
    expect(first).toMatchObject({ confirmed: 1, waiting: 0 });
    expect(first.p50).toBeGreaterThan(400);
    expect(first.p50).toBeLessThan(30_000);
    expect(first.max).toBe(first.p95);
    const [row] = await rig.store.database.query<{ real: number; kept: number }>(
      `select extract(epoch from o.at - e.recorded_at)::float8 * 1000 as real, o.converged_ms::float8 as kept
     from hub.operation o join hub.event e on e.stream_id = o.subject_id and e.version = 1 where o.subject_id = $1`,
      [later],
    );
    expect(Math.abs(row!.real - row!.kept)).toBeLessThan(2);

    await rig.target.setFaults({ webPage: 400 });
    await rig.patch(`Users/${later}`, { op: 'replace', path: 'title', value: 'Head' });
    const [laggard] = await waitFor(
      async () => {
        const { laggards } = await rig.get(`connections/${app}/convergence`);
        const { items } = await rig.get(`users/${later}/targets`);
        const tried = items.some(({ work }: any) => work?.state === 'dead' || work?.state === 'retrying');
        return tried && laggards.length > 0 && laggards;
      },
      { what: 'somebody to wait after an attempt' },
    );
    expect(laggard).toMatchObject({ subject: { id: later, display: 'later@example.com' } });
    expect(laggard.why.length).toBeGreaterThan(5);
    await rig.target.setFaults({});
    await rig.call('POST', `connections/${app}/retries`, { all: true });
    await waitFor(async () => (await rig.at(later, app, 'active')).attributes.title === 'Head', {
      what: 'the title to arrive',
      timeoutMs: 90_000,
    });
    await rig.reported();
    const metrics = await (await fetch(`${rig.hub.url}/metrics`)).text();
    expect(metrics).toContain('# TYPE rollcall_convergence_seconds histogram');
    const { confirmed } = await rig.get(`connections/${app}/convergence`);
    expect(confirmed).toBeGreaterThanOrEqual(2);
    expect(metrics).toMatch(
      new RegExp(`rollcall_convergence_seconds_bucket{connection="${app}",le="\\+Inf"} ${confirmed}\\b`),
    );
    expect(metrics).toMatch(
      new RegExp(`rollcall_convergence_seconds_count{connection="${app}"} ${confirmed}\\b`),
    );
    const odd = await rig.call(
      'GET',
      `connections/${app}/convergence?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z`,
    );
    expect([odd.status, odd.body.errors[0].field]).toEqual([400, 'from']);
    await rig.call('POST', `connections/${app}/disable`);
  },
);

it('pauses, resumes and cancels a run, and drops no leaver', { timeout: 240_000 }, async () => {
  const target = await startScimTarget({ faults: { latencyMs: 60 } });
  try {
    const people = await Promise.all(
      Array.from({ length: 160 }, (_, at) => rig.createUser(`run${at}@example.com`, { title: 'Old' })),
    );
    const leaver = people[0]!;
    await waitFor(async () => (await rig.get('projections')).items[0].behind === 0, {
      what: 'everybody to be known',
    });
    const app = await rig.connect('Run', { policy: { push: { concurrency: 1 }, guard: off } }, target);
    const run = async () => (await rig.get(`connections/${app}/progress`)).run;
    const begun = await waitFor(
      async () => {
        const now = await run();
        return now.done >= 3 && now;
      },
      { what: 'the first cycle to get on', timeoutMs: 60_000 },
    );
    expect(begun).toMatchObject({ kind: 'first-cycle', state: 'running', failed: 0 });
    expect(begun.total).toBeGreaterThanOrEqual(160);
    const steer = (verb: string) => rig.call('POST', `connections/${app}/runs/${begun.id}/${verb}`);
    expect((await steer('pause')).body).toMatchObject({ state: 'paused', rate: 0 });
    await waitFor(
      async () => {
        const { due, paused } = await rig.get(`connections/${app}/progress`);
        return due === 0 && paused > 0;
      },
      { what: 'what was under way to end', timeoutMs: 60_000 },
    );
    const calls = (await target.report()).calls.length;
    const still = await run();
    // A change that comes in is pushed while the run is paused.
    const fresh = await rig.createUser('fresh@example.com');
    await rig.at(fresh, app, 'active');
    expect((await run()).done).toBe(still.done);
    expect((await target.report()).created).toBeLessThan(160);
    expect((await target.report()).calls.length).toBeGreaterThan(calls);

    await target.setFaults({});
    expect((await steer('resume')).body.state).toBe('running');
    await waitFor(async () => (await run()).state === 'finished', {
      what: 'the run to finish',
      timeoutMs: 90_000,
    });
    expect((await target.report()).created).toBeGreaterThanOrEqual(161);
    const over = await steer('pause');
    expect([over.status, over.body.detail]).toEqual([409, expect.stringContaining('finished')]);

    // A second run, in which one is on the way out: the scope no longer has them. Nothing of it is sent yet.
    expect((await rig.call('POST', `connections/${app}/pause`, {})).status).toBe(200);
    await rig.call('PATCH', `connections/${app}`, {
      scope: { rule: 'not (userName eq "run0@example.com")' },
    });
    const second = await run();
    expect(second).toMatchObject({ kind: 'configuration-change' });
    const cancelled = await rig.call('POST', `connections/${app}/runs/${second.id}/cancel`);
    expect(cancelled).toMatchObject({
      status: 200,
      body: {
        run: { state: 'cancelled' },
        kept: [{ subject: { id: leaver, display: 'run0@example.com' }, action: 'deactivate' }],
      },
    });
    expect(cancelled.body.dropped).toBeGreaterThanOrEqual(160);
    await rig.call('POST', `connections/${app}/resume`);
    await rig.at(leaver, app, 'inactive');
    expect((await rig.get(`connections/${app}/runs`)).items.map(({ state }: any) => state)).toEqual([
      'cancelled',
      'finished',
    ]);
    expect((await rig.call('POST', `connections/${app}/runs/${crypto.randomUUID()}/pause`)).status).toBe(404);
  } finally {
    await target.stop();
  }
});

const off = { deactivations: { enabled: false } };
