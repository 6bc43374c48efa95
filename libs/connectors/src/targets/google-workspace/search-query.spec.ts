import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoted, searchQuery } from './search-query.js';

describe('searching Google', () => {
  it.each([
    ['primaryEmail', "email='v'"],
    ['externalIds[customType eq "rollcall"].value', "externalId='v'"],
    ['organizations[primary eq true].department', "orgDepartment='v'"],
    ['customSchemas.Payroll.code', "Payroll.code='v'"],
    ['name.familyName', "familyName='v'"],
    ['recoveryPhone', undefined],
    ['aliases', undefined],
  ])('users by %s: %s', (attribute, query) => {
    expect(searchQuery('user', attribute, 'v')).toBe(query);
  });

  it('groups by name, with quotes in it', () => {
    expect(searchQuery('group', 'name', "Valentine's Day")).toBe("name='Valentine\\'s Day'");
    expect(searchQuery('group', 'description', 'x')).toBeUndefined();
  });

  it('no value ends its quotes', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const inner = quoted(value).slice(1, -1);
        expect(inner.replaceAll(/\\[\s\S]/g, '')).not.toMatch(/['\\]/);
        expect(inner.replaceAll(/\\([\s\S])/g, '$1')).toBe(value);
      }),
    );
  });
});
