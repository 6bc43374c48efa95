import { describe, expect, it } from 'vitest';
import { parseResource } from '../resource/parse-resource.js';
import { groupType } from '../schema/resource-type.js';
import { ScimError } from '../scim-error.js';
import { applyPatch } from './apply-patch.js';
import { parsePatch } from './parse-patch.js';
import { splitGroupPatch, type MemberOperation } from './split-group-patch.js';

const split = (client: string, ...Operations: unknown[]) =>
  splitGroupPatch(parsePatch({ Operations }), { client });

/** What the read model does with member operations, in memory. */
function carryOut(before: string[], operations: MemberOperation[]): string[] {
  let members = new Set(before);
  for (const operation of operations) {
    if (operation.op === 'clear') members = new Set();
    else if (operation.op === 'set') members = new Set(operation.ids.map(({ id }) => id));
    else if (operation.op === 'add') for (const { id } of operation.ids) members.add(id);
    else for (const { id } of operation.ids) members.delete(id);
  }
  return [...members];
}
const after = (before: string[], ...Operations: unknown[]) =>
  carryOut(before, split('entra', ...Operations).members);

describe('what Entra sends to change a group', () => {
  it('G1 the legacy marker among the schemas is ignored', () => {
    const body = {
      schemas: [
        groupType.schema.id,
        'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
      ],
      displayName: 'Engineers',
    };
    expect(parseResource(body, groupType)).toEqual({
      attributes: { displayName: 'Engineers' },
      warnings: [
        {
          path: 'schemas',
          detail:
            'schemas names http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group, which this server does not know.',
        },
      ],
    });
  });

  it('G2 a null $ref is ignored', () => {
    expect(
      split('entra', { op: 'Add', path: 'members', value: [{ $ref: null, value: 'a' }] }).members,
    ).toEqual([{ op: 'add', ids: [{ id: 'a' }] }]);
  });

  it('G3 remove with a value array removes only those', () => {
    expect(after(['a', 'b', 'c'], { op: 'Remove', path: 'members', value: [{ value: 'b' }] })).toEqual([
      'a',
      'c',
    ]);
  });

  it('G3 remove with an empty value array removes nobody', () => {
    expect(after(['a', 'b'], { op: 'Remove', path: 'members', value: [] })).toEqual(['a', 'b']);
  });

  it('G4 remove with a filter removes one', () => {
    expect(after(['a', 'b'], { op: 'remove', path: 'members[value eq "b"]' })).toEqual(['a']);
    expect(after(['a', 'b', 'c'], { op: 'remove', path: 'members[value eq "b" or value eq "c"]' })).toEqual([
      'a',
    ]);
  });

  it('G5 remove without a value empties the group and says so', () => {
    const patch = split('entra', { op: 'Remove', path: 'members' });
    expect(patch.members).toEqual([{ op: 'clear' }]);
    expect(patch.warnings).toHaveLength(1);
  });

  it.each([[['a']], ['a'], [{ value: 'a' }]])('G6 value as %j', (value) => {
    expect(after([], { op: 'add', path: 'members', value })).toEqual(['a']);
  });

  it('G7 replace with one member adds it for Entra, with a warning', () => {
    const operation = { op: 'replace', path: 'members', value: [{ value: 'b' }] };
    const patch = split('entra', operation);
    expect(carryOut(['a'], patch.members)).toEqual(['a', 'b']);
    expect(patch.warnings).toHaveLength(1);
  });

  it('G7 replace is the whole list for other clients, and for Entra with several', () => {
    const one = { op: 'replace', path: 'members', value: [{ value: 'b' }] };
    expect(split('okta', one).members).toEqual([{ op: 'set', ids: [{ id: 'b' }] }]);
    const two = { op: 'replace', path: 'members', value: [{ value: 'b' }, { value: 'c' }] };
    expect(after(['a'], two)).toEqual(['b', 'c']);
  });

  it.each([
    { op: 'replace', path: 'members', value: null },
    { op: 'replace', path: 'members', value: [] },
    { op: 'replace', value: { id: 'g', displayName: 'x', members: [] } },
  ])('G8 emptied by %j', (operation) => {
    expect(after(['a', 'b'], operation)).toEqual([]);
  });

  it('G9 a rename does not touch members', () => {
    const { header, members } = split('entra', { op: 'replace', value: { displayName: 'x' } });
    expect(members).toEqual([]);
    expect(applyPatch({ displayName: 'old', externalId: 'e' }, header, groupType).attributes).toEqual({
      displayName: 'x',
      externalId: 'e',
    });
  });

  it('G10 a member twice in one operation counts once', () => {
    const value = [{ value: 'a' }, { value: 'a', type: 'User' }, 'a'];
    expect(split('entra', { op: 'add', path: 'members', value }).members).toEqual([
      { op: 'add', ids: [{ id: 'a', type: 'User' }] },
    ]);
  });

  it('G11 a member without an id is refused, naming what came', () => {
    for (const value of [[{ display: 'Ada' }], [{ value: '' }], [7], [null]]) {
      expect(() => split('entra', { op: 'add', path: 'members', value })).toThrow(ScimError);
    }
  });

  it('G12 a group as a member, told by type or by $ref', () => {
    const value = [
      { value: 'g1', type: 'Group' },
      { value: 'g2', $ref: 'https://x/scim/v2/Groups/g2' },
      { value: 'u1', $ref: '../Users/u1' },
    ];
    expect(split('entra', { op: 'add', path: 'members', value }).members).toEqual([
      {
        op: 'add',
        ids: [
          { id: 'g1', type: 'Group' },
          { id: 'g2', type: 'Group' },
          { id: 'u1', type: 'User' },
        ],
      },
    ]);
  });

  it('G13 far more than a hundred members', () => {
    const value = Array.from({ length: 100_000 }, (_, at) => ({ value: `m${at}` }));
    expect(after([], { op: 'add', path: 'members', value })).toHaveLength(100_000);
    expect(parseResource({ displayName: 'All', members: value }, groupType).members).toHaveLength(100_000);
  });

  it('G14 operations work in their order', () => {
    const add = { op: 'Add', path: 'members', value: [{ value: 'a' }] };
    const remove = { op: 'Remove', path: 'members', value: [{ value: 'a' }] };
    expect(after([], add, remove)).toEqual([]);
    expect(after([], remove, add)).toEqual(['a']);
  });

  it('takes members out of an object without a path, under any spelling, and leaves the rest', () => {
    const members = [{ value: 'a' }];
    for (const key of ['members', 'Members', `${groupType.schema.id}:members`]) {
      expect(split('okta', { op: 'add', value: { displayName: 'x', [key]: members } })).toEqual({
        header: [{ op: 'add', value: { displayName: 'x' } }],
        members: [{ op: 'add', ids: [{ id: 'a' }] }],
        warnings: [],
      });
    }
    expect(split('okta', { op: 'add', value: { [groupType.schema.id]: { members } } })).toEqual({
      header: [],
      members: [{ op: 'add', ids: [{ id: 'a' }] }],
      warnings: [],
    });
  });

  it('refuses a selection it cannot carry out without the list', () => {
    expect(() => split('entra', { op: 'remove', path: 'members[display sw "A"]' })).toThrow(/by id only/);
  });

  it("leaves a member's display alone", () => {
    const patch = split('okta', { op: 'replace', path: 'members[value eq "a"].display', value: 'Ada' });
    expect(patch.members).toEqual([]);
    expect(patch.warnings).toHaveLength(1);
  });
});
