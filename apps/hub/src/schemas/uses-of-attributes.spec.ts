import { checkCustomSchema, typesWith } from '@rollcall/scim';
import { describe, expect, it } from 'vitest';
import { attributesUsed } from './uses-of-attributes.js';

const urn = 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:User';
const checked = checkCustomSchema({
  id: urn,
  attributes: [{ name: 'badge' }, { name: 'badgeNumber' }, { name: 'Site' }],
});
if (checked.problems) throw new Error('refused');
const type = typesWith({ schemas: [checked.schema], removed: [] }).User;
const used = (mappings: object | null, rule?: string) =>
  attributesUsed({ mappings, scope: rule === undefined ? {} : { rule } }, type, urn, [
    'badge',
    'badgenumber',
    'site',
  ]);

describe('attributesUsed', () => {
  it('finds what mappings name, by URN, without it, and within an expression', () => {
    expect(used({ users: { attributes: [{ source: `${urn}:badgeNumber`, target: 'title' }] } })).toEqual([
      'badgenumber',
    ]);
    expect(used({ users: { matching: [{ source: 'SITE', target: 'x' }] } })).toEqual(['site']);
    expect(
      used({ users: { attributes: [{ expression: `ToLower([${urn.toUpperCase()}:badge]) & "x"` }] } }),
    ).toEqual(['badge']);
  });

  it('finds what the scope asks about', () => {
    expect(used(null, `active eq true and not (${urn}:site sw "B")`)).toEqual(['site']);
    expect(used(null, 'badge pr')).toEqual(['badge']);
  });

  it('finds nothing else', () => {
    expect(
      used(
        { users: { attributes: [{ source: 'displayName', constant: 'The badge of' }] } },
        'title eq "site"',
      ),
    ).toEqual([]);
  });
});
