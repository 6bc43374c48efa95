import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemberPair, membersAfter, planMembers } from './plan-members.js';

const pair = (memberId: string, more: Partial<MemberPair> = {}): MemberPair => ({
  memberId,
  memberType: 'user',
  inDirectory: true,
  ...more,
});

describe('memberships', () => {
  it('are added, removed, parked or settled', () => {
    const plan = planMembers(
      [
        pair('new', { remoteId: 'r1' }),
        pair('same', { remoteId: 'r2', writtenAs: 'r2' }),
        pair('left', { inDirectory: false, remoteId: 'r3', writtenAs: 'r3' }),
        pair('waiting'),
        pair('never', { inDirectory: false }),
        pair('remade', { remoteId: 'r5', writtenAs: 'r4' }),
      ],
      true,
      100,
    );
    expect(plan.change.add.map(({ id }) => id)).toEqual(['r1', 'r5']);
    expect(plan.change.remove.map(({ id }) => id)).toEqual(['r3', 'r4']);
    const names = (pairs: MemberPair[]) => pairs.map(({ memberId }) => memberId);
    expect([names(plan.added), names(plan.removed), names(plan.parked), names(plan.settled)]).toEqual([
      ['new', 'remade'],
      ['left'],
      ['waiting'],
      ['same', 'never'],
    ]);
  });

  it('of a group that is let go are all taken back', () => {
    const { change } = planMembers(
      [pair('a', { remoteId: 'r1', writtenAs: 'r1' }), pair('b', { remoteId: 'r2' })],
      false,
      9,
    );
    expect(change).toEqual({ add: [], remove: [{ id: 'r1', type: 'user' }] });
  });

  it('are all written again, or taken out, when nobody knows what an earlier call has done', () => {
    const { change, added, removed } = planMembers(
      [
        pair('back', { inDirectory: true, remoteId: 'r1', writtenAs: 'r1' }),
        pair('gone', { inDirectory: false, remoteId: 'r2' }),
      ],
      true,
      9,
      true,
    );
    expect(change).toEqual({ add: [{ id: 'r1', type: 'user' }], remove: [{ id: 'r2', type: 'user' }] });
    expect([added.length, removed.length]).toEqual([1, 1]);
  });

  const id = fc.option(fc.constantFrom('r1', 'r2'), { nil: undefined });
  const anyPairs = fc.array(
    fc
      .record({ inDirectory: fc.boolean(), remoteId: id, writtenAs: id })
      .map((more) => more as Partial<MemberPair>),
    { maxLength: 20 },
  );

  it('keep to what the target takes in one call, get on with each, and end in line', () => {
    fc.assert(
      fc.property(anyPairs, fc.boolean(), fc.integer({ min: 1, max: 5 }), (given, wanted, limit) => {
        let left = given.map((more, at) => pair(String(at), more));
        for (let call = 0; left.length > 0; call += 1) {
          expect(call).toBeLessThanOrEqual(given.length);
          const plan = planMembers(left, wanted, limit);
          expect(plan.change.add.length + plan.change.remove.length).toBeLessThanOrEqual(Math.max(limit, 2));
          const handled = [...plan.added, ...plan.removed, ...plan.parked, ...plan.settled];
          expect(new Set(handled).size).toBe(handled.length);
          expect(handled.length).toBeGreaterThan(0);
          left = left.filter((candidate) => !handled.includes(candidate));
        }
      }),
    );
  });
});

it('makes a whole list of a change, each once', () => {
  const of = (...ids: string[]) => ids.map((id) => ({ id, type: 'user' as const }));
  expect(membersAfter(['a', 'b'], { add: of('b', 'c'), remove: of('a', 'x') })).toEqual(['b', 'c']);
});
