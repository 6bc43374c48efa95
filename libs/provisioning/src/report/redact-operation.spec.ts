import { expect, it } from 'vitest';
import type { AttributeMapping } from '@rollcall/connectors';
import { redactCalls, redactChanges, Secrets } from './redact-operation.js';

const line = (mapping: Partial<AttributeMapping> & { target: string }): AttributeMapping => ({
  apply: 'always',
  ...mapping,
});

it('keeps no secret of a call, wherever its name stands', () => {
  const secrets = new Secrets({
    attributes: [
      line({ target: 'userName', source: 'userName' }),
      line({ target: 'startCode', source: 'password' }),
      line({ target: 'initial', expression: 'password & "1"' }),
    ],
  });
  const bodies = [
    { userName: 'ada', password: 'hunter2', startCode: 'hunter2', initial: 'hunter2' },
    { Operations: [{ op: 'replace', path: 'password', value: 'hunter2' }] },
    { Operations: [{ op: 'replace', value: { 'urn:x:2.0:User:password': 'hunter2' } }] },
    { changes: [{ operation: 'replace', attribute: 'unicodePwd', values: ['hunter2'] }] },
    [{ nested: [{ deep: { Password: { value: 'hunter2' } } }] }],
  ];
  const kept = redactCalls(
    bodies.map((body) => ({ method: 'POST', url: '/Users', body })),
    secrets,
  );
  expect(JSON.stringify(kept)).not.toContain('hunter2');
  expect(kept[0]!.body).toMatchObject({ userName: 'ada', password: '(secret: not kept)' });
});

it('says of a changed secret only that it changed', () => {
  const secrets = new Secrets();
  const title = { attribute: 'title', from: 'a', to: 'b' };
  expect(redactChanges([title, { attribute: 'password', to: 'hunter2' }], secrets)).toEqual([
    title,
    { attribute: 'password', to: '(secret: not kept)' },
  ]);
});

it('shortens what is long and says by how much', () => {
  const body = { note: 'x'.repeat(1_000), members: Array.from({ length: 80 }, (_, at) => ({ value: at })) };
  const [call] = redactCalls([{ method: 'PATCH', url: '/Groups/1', body }], new Secrets());
  const kept = call!.body as { note: string; members: unknown[] };
  expect(kept.note).toMatch(/… \(1000 characters\)$/);
  expect(kept.members).toHaveLength(51);
  expect(kept.members.at(-1)).toBe('… and 30 more');
});
