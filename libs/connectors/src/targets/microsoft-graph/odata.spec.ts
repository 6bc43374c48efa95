import fc from 'fast-check';
import { expect, it } from 'vitest';
import { equals, objectPath, quoted, userPath } from './odata.js';

it('quotes so that a text stays one text, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const inside = quoted(text).slice(1, -1);
      expect(inside.replaceAll("''", '')).not.toContain("'");
      expect(inside.replaceAll("''", "'")).toBe(text);
    }),
  );
});

it('keeps names and ids within their part of the path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii', minLength: 1 }), (text) => {
      const { pathname, search, hash } = new URL(`https://graph.microsoft.com/v1.0${userPath(text)}`);
      expect(search + hash).toBe('');
      expect(pathname).toMatch(/^\/v1\.0\/users(?:\/[^/]+|\([^/]+\))$/);
      expect(objectPath('group', text).split('/')).toHaveLength(3);
    }),
  );
});

it.each([
  ['ada@contoso.com', '/users/ada%40contoso.com'],
  ['guest_x.com#EXT#@contoso.com', '/users/guest_x.com%23EXT%23%40contoso.com'],
  ['$ada@contoso.com', '/users(%27%24ada%40contoso.com%27)'],
  ['..', '/users(%27..%27)'],
  ["o'hara@contoso.com", '/users(%27o%27%27hara%40contoso.com%27)'],
])('finds %s', (name, path) => {
  expect(userPath(name)).toBe(path);
});

it('compares within objects and lists', () => {
  expect(equals('employeeOrgData.costCenter', '1', false)).toBe("employeeOrgData/costCenter eq '1'");
  expect(equals('otherMails', "o'h@x", true)).toBe("otherMails/any(each:each eq 'o''h@x')");
});
