import { describe, expect, it } from 'vitest';
import { applyPatch } from '../patch/apply-patch.js';
import { parsePatch } from '../patch/parse-patch.js';
import { checkCustomSchema } from '../schema/check-custom-schema.js';
import { typesWith } from '../schema/custom-schema.js';
import { parseResource } from './parse-resource.js';
import { replaceAttributes, shownAttributes } from './shown-attributes.js';

const urn = 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:User';
const typeOf = (attributes: object[] | undefined, removed: string[] = []) => {
  const checked = attributes && checkCustomSchema({ id: urn, attributes });
  if (checked?.problems) throw new Error(JSON.stringify(checked.problems));
  return typesWith({
    schemas: checked ? [checked.schema] : [],
    removed: removed.length > 0 ? [{ resourceType: 'User', urn, attributes: removed }] : [],
  }).User;
};
const floor = { name: 'floor', type: 'integer' };

describe('shownAttributes', () => {
  it('reads what was stored before it was declared as the schema says', () => {
    const stored = { userName: 'u', [urn.toLowerCase()]: { Floor: '3', Tags: 'a', other: { x: 1 } } };
    const type = typeOf([floor, { name: 'tags', multiValued: true }]);
    expect(shownAttributes(stored, type)).toEqual({
      userName: 'u',
      [urn]: { floor: 3, tags: ['a'], other: { x: 1 } },
    });
  });

  it('leaves out what cannot be read so, and what was removed, with the URN when nothing is left', () => {
    expect(shownAttributes({ userName: 'u', [urn]: { floor: 'top' } }, typeOf([floor]))).toEqual({
      userName: 'u',
    });
    const stored = { [urn]: { Badge: 'B', floor: 1 } };
    expect(shownAttributes(stored, typeOf([floor], ['badge']))).toEqual({ [urn]: { floor: 1 } });
    expect(shownAttributes(stored, typeOf(undefined, ['badge', 'floor']))).toEqual({});
    expect(shownAttributes(stored, typeOf(undefined, ['badge']))).toEqual({ [urn]: { floor: 1 } });
  });

  it('says of what is sent nevertheless that it is kept and not shown', () => {
    const sent = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'u',
      [urn]: { Badge: 'B', more: 1 },
    };
    for (const type of [typeOf([floor], ['badge']), typeOf(undefined, ['badge', 'floor'])]) {
      const details = parseResource(sent, type).warnings.map(({ detail }) => detail);
      expect(details).toContain(
        `${urn}:Badge was removed from the schema; it is kept, and not shown until it is defined again.`,
      );
      expect(details).toContain(`${urn}:more is in no schema; it is kept and returned as it came.`);
    }
  });

  it('costs nothing for a tenant without schemas', () => {
    const stored = { [urn]: { floor: '1' } };
    expect(shownAttributes(stored, typeOf(undefined))).toBe(stored);
  });
});

describe('a change', () => {
  const stored = { userName: 'u', [urn]: { badge: 'B', floor: '1' } };

  it('by PATCH keeps what is not shown', () => {
    const patch = parsePatch({ Operations: [{ op: 'replace', path: `${urn}:floor`, value: 2 }] });
    expect(applyPatch(stored, patch, typeOf([floor], ['badge'])).attributes).toEqual({
      userName: 'u',
      [urn]: { badge: 'B', floor: 2 },
    });
  });

  it('by PATCH that changes nothing leaves what is stored alone', () => {
    const patch = parsePatch({ Operations: [{ op: 'replace', path: `${urn}:floor`, value: 1 }] });
    const patched = applyPatch(stored, patch, typeOf([floor]));
    expect(patched.changed).toBe(false);
    expect(patched.attributes).toBe(stored);
  });

  it('by PUT keeps what is not shown and clears what is shown', () => {
    expect(replaceAttributes(stored, { userName: 'v' }, typeOf([floor], ['badge']))).toEqual({
      userName: 'v',
      [urn]: { badge: 'B' },
    });
    expect(replaceAttributes(stored, { userName: 'v' }, typeOf([floor, { name: 'badge' }]))).toEqual({
      userName: 'v',
    });
  });

  it('by PUT cannot change what is immutable, and keeps it when it is left out', () => {
    const type = typeOf([{ name: 'badge', mutability: 'immutable' }, floor]);
    expect(replaceAttributes(stored, { userName: 'v' }, type)).toEqual({
      userName: 'v',
      [urn]: { badge: 'B' },
    });
    expect(() => replaceAttributes(stored, { [urn]: { badge: 'C' } }, type)).toThrow(
      /badge cannot be changed/,
    );
    expect(replaceAttributes(stored, { [urn]: { badge: 'B' } }, type)).toEqual({ [urn]: { badge: 'B' } });
  });

  it('of one who lacks a value that became required later is not refused', () => {
    const type = typeOf([{ name: 'badge', required: true }, floor]);
    const leave = parsePatch({ Operations: [{ op: 'replace', path: 'active', value: false }] });
    expect(applyPatch({ userName: 'u', [urn]: { floor: 1 } }, leave, type).attributes.active).toBe(false);
    const clear = parsePatch({ Operations: [{ op: 'remove', path: `${urn}:badge` }] });
    expect(() => applyPatch(stored, clear, type)).toThrow(/badge is required/);
  });
});
