import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../contract.js';
import { checkChanges, checkNew } from './check-values.js';
import type { ValueRule } from './settings.js';

const demands = (rules: ValueRule[], more: { singleValued?: string[]; groupRename?: boolean } = {}) => ({
  rules,
  singleValued: [],
  groupRename: true,
  ...more,
});

describe('what an app demands', () => {
  it.each<[string, ValueRule, Attributes, string | undefined]>([
    ['a value that is there', { attribute: 'userName', required: true }, { userName: 'a' }, undefined],
    ['a value that is missing', { attribute: 'userName', required: true }, {}, 'required'],
    ['an empty one', { attribute: 'username', required: true }, { userName: '' }, 'required'],
    ['as long as it may be', { attribute: 'userName', maxLength: 3 }, { userName: 'äöü' }, undefined],
    ['one character more', { attribute: 'userName', maxLength: 3 }, { userName: 'äöüß' }, 'invalid-value'],
    [
      'pairs of surrogates count once',
      { attribute: 'userName', maxLength: 1 },
      { userName: '😀' },
      undefined,
    ],
    ['a forbidden character', { attribute: '*', forbidden: '<>' }, { title: 'a<b' }, 'invalid-value'],
    ['one within a list', { attribute: '*', forbidden: '<' }, { roles: [{ value: '<' }] }, 'invalid-value'],
    ['capital letters', { attribute: 'userName', lowerCase: true }, { userName: 'Ada' }, 'invalid-value'],
    ['a rule for groups', { type: 'group', attribute: 'displayName', required: true }, {}, undefined],
  ])('%s', (_, rule, attributes, code) => {
    expect(checkNew('user', attributes, demands([rule]))?.kind).toBe(code && 'rejected');
    if (code) expect(checkNew('user', attributes, demands([rule]))).toMatchObject({ code });
  });

  it('one value where the app keeps one: of the same element as many parts as there are', () => {
    const one = demands([], { singleValued: ['addresses'] });
    const work = { 'addresses[type eq "work"].locality': 'a', 'addresses[type eq "work"].country': 'b' };
    expect(checkNew('user', work, one)).toBeUndefined();
    expect(checkNew('user', { ...work, 'addresses[type eq "home"].country': 'c' }, one)).toMatchObject({
      code: 'one-value-only',
      attribute: 'addresses[type eq "home"].country',
    });
  });

  it('says which value never changes and which must not go', () => {
    const rules = demands([
      { attribute: 'userName', immutable: true },
      { attribute: 'displayName', required: true },
    ]);
    expect(checkChanges('user', [{ op: 'set', attribute: 'userName', value: 'b' }], rules)).toMatchObject({
      code: 'immutable',
    });
    expect(checkChanges('user', [{ op: 'unset', attribute: 'displayName' }], rules)).toMatchObject({
      code: 'required',
    });
    expect(
      checkChanges('user', [{ op: 'set', attribute: 'displayName', value: 'b' }], rules),
    ).toBeUndefined();
  });

  it('groups that keep their name', () => {
    const rename = [{ op: 'set' as const, attribute: 'displayName', value: 'b' }];
    expect(checkChanges('group', rename, demands([], { groupRename: false }))).toMatchObject({
      code: 'immutable',
    });
    expect(checkChanges('group', rename, demands([]))).toBeUndefined();
    expect(checkChanges('user', rename, demands([], { groupRename: false }))).toBeUndefined();
  });
});
