import { compileExpression } from '@rollcall/scim';
import { describe, expect, it } from 'vitest';
import type { Mappings } from '../../contract.js';
import { wrongValue } from './attribute-limits.js';
import { defaultMappings, defaultMappingsWith } from './default-mappings.js';

const now = new Date('2026-01-02T03:04:05Z');

/** The values an expression gives: those it would try, or the one. */
async function valuesOf(
  { users, groups }: Mappings,
  type: 'user' | 'group',
  target: string,
  resource: Record<string, unknown>,
  country?: string,
): Promise<unknown[]> {
  const { attributes } = type === 'user' ? users : groups!;
  const { expression } = attributes.find((line) => line.target === target)!;
  const evaluation = await compileExpression(expression!).evaluate(resource, { now, read: () => country });
  if ('error' in evaluation) throw evaluation.error;
  if ('candidates' in evaluation) return evaluation.candidates as unknown[];
  return [evaluation.value];
}
const ofUser = (target: string, resource: Record<string, unknown>, country?: string) =>
  valuesOf(defaultMappings, 'user', target, resource, country);

describe('the mappings of a new connection', () => {
  it.each([
    ['ada.lovelace@contoso.example', 'ada.lovelace'],
    ['Zoë.Ünïcode@contoso.example', 'zoe.unicode'],
    ['a very+odd/name,with[all]of*it@x', 'a.very.odd.name.with'],
    ['exactly.twenty.chars.x@x', 'exactly.twenty.chars'],
    ['nineteen.characters.x@x', 'nineteen.characters'],
    ['local', 'local'],
  ])('call %s the account %s, and by a number where that is taken', async (userName, account) => {
    const names = (await ofUser('sAMAccountName', { userName })) as string[];
    expect(names[0]).toBe(account);
    expect(names).toHaveLength(30);
    expect(new Set(names).size).toBe(30);
    for (const name of names) expect(wrongValue('user', 'sAMAccountName', name)).toBeUndefined();
  });

  it('write the UPN suffix, and match by it', async () => {
    const mappings = defaultMappingsWith({ upnSuffix: 'corp.example.com' });
    expect(
      await valuesOf(mappings, 'user', 'userPrincipalName', { userName: 'ada@contoso.example' }),
    ).toEqual(['ada@corp.example.com']);
    const [rule] = mappings.users.matching;
    const line = mappings.users.attributes.find(({ target }) => target === 'userPrincipalName');
    expect(rule).toEqual({ expression: line!.expression, target: 'userPrincipalName' });
    expect(defaultMappings.users.matching).toEqual([{ source: 'userName', target: 'userPrincipalName' }]);
  });

  it('name people by displayName or userName, within 64 characters', async () => {
    expect(await ofUser('cn', { userName: 'ada@x', displayName: 'Ada Lovelace' })).toEqual(['Ada Lovelace']);
    expect(await ofUser('cn', { userName: 'ada@x' })).toEqual(['ada@x']);
    expect(await ofUser('cn', { displayName: 'x'.repeat(100) })).toEqual(['x'.repeat(64)]);
  });

  it.each([
    ['de', 'DE', undefined],
    ['Germany', undefined, 'Germany'],
    [undefined, undefined, undefined],
  ])('write the country %s as c %s and co %s', async (country, c, co) => {
    expect(await ofUser('c', {}, country)).toEqual([c]);
    expect(await ofUser('co', {}, country)).toEqual([co]);
  });

  it.each(['Engineering, "R&D"', 'a/b\\c[d]:e;f|g=h,i+j*k?l<m>n@o', 'ends with dots...', 'x'.repeat(200)])(
    'give the group %j an account name the domain takes',
    async (displayName) => {
      const [name] = await valuesOf(defaultMappings, 'group', 'sAMAccountName', { displayName });
      expect(wrongValue('group', 'sAMAccountName', String(name))).toBeUndefined();
    },
  );
});
