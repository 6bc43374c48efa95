import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Company, Scenarios } from './company.js';

const people = Number(process.env.SCENARIO_MEMBERS ?? 3_500);

describe('a large group', () => {
  let scenarios: Scenarios;
  let company: Company;
  beforeAll(async () => {
    scenarios = await Scenarios.open();
  });
  afterAll(async () => {
    await company?.close();
    await scenarios?.close();
  });

  it(
    'group of 3,500 at an app that takes 100 members a call: everybody is in it, once, in as few calls as that needs',
    { timeout: 240_000 },
    async () => {
      company = await scenarios.company({ settings: { membersPerCall: 100 } });
      const ids = await company.hireMany(people);
      await company.settled(people, 180_000);
      await company.group('Everybody', ids);
      await company.told(
        async () => (await company.seen()).groups[0]?.members.length === people,
        'everybody to be in the group',
        120_000,
      );
      await company.settled(people + 1);
      const { groups, accounts, calls } = await company.seen();
      expect(new Set(groups[0]!.members.map(({ value }) => value))).toEqual(
        new Set(accounts.map(({ id }) => id as string)),
      );
      const writes = calls.filter(({ method, url }) => url.includes('/Groups') && method !== 'GET');
      const patches = writes.filter(({ method }) => method === 'PATCH');
      for (const { body } of patches) expect(membersIn(body)).toBeLessThanOrEqual(100);
      expect(writes.map(({ method }) => method).filter((method) => method !== 'PATCH')).toEqual(['POST']);
      expect(patches.length).toBeLessThanOrEqual(Math.ceil(people / 100) + 1);
      // One who leaves costs one call about one.
      await company.remove(ids[0]!);
      await company.told(
        async () => (await company.seen()).groups[0]!.members.length === people - 1,
        'the leaver to be out of it',
      );
      const last = (await company.seen()).calls.filter(
        ({ url, method }) => url.includes('/Groups') && method === 'PATCH',
      );
      expect(last.length).toBe(patches.length + 1);
      expect(JSON.stringify(last.at(-1)!.body).length).toBeLessThan(500);
    },
  );
});

function membersIn(body: { Operations: { value?: unknown[] }[] }): number {
  return body.Operations.reduce((sum, { value }) => sum + (Array.isArray(value) ? value.length : 1), 0);
}
