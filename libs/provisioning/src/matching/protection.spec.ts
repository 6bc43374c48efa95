import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileProtection, protectedObject, protectedValue } from './protection.js';

const by = (pattern: string) => compileProtection([{ attribute: 'userName', pattern }], []);
const covers = (pattern: string, userName: string) =>
  protectedObject(by(pattern), undefined, { userName }) !== undefined;

describe('protection', () => {
  it('is by value, pattern or id, regardless of case', () => {
    const protection = compileProtection(
      [
        { attribute: 'userName', value: 'Root@x.com' },
        { attribute: 'emails', pattern: '*@ops.x.com' },
        { remoteId: 'r1' },
      ],
      ['userName'],
    );
    expect(protectedObject(protection, 'r1', {})).toMatch(/r1/);
    expect(protectedObject(protection, 'r2', { username: 'root@X.com' })).toBe('userName is Root@x.com');
    expect(
      protectedObject(protection, 'r2', { emails: [{ value: 'a@x' }, { value: 'b@OPS.x.com' }] }),
    ).toMatch(/emails/);
    expect(protectedObject(protection, 'r2', { userName: 'ada@x.com', emails: null })).toBeUndefined();
    expect(protectedValue(protection, 'USERNAME', 'root@x.com')).toBeDefined();
    expect(protectedValue(protection, 'title', 'root@x.com')).toBeUndefined();
    expect(protection.unmapped).toEqual(['emails']);
  });

  it('takes each * for anything, and nothing else for special', () => {
    expect(covers('svc-*', 'SVC-backup')).toBe(true);
    expect(covers('svc-*', 'my-svc-backup')).toBe(false);
    expect(covers('*', '')).toBe(true);
    expect(covers('a*a', 'a')).toBe(false);
    expect(covers('a*b*c', 'a-b-b-c')).toBe(true);
    expect(covers('a.c', 'abc')).toBe(false);
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '[^]*')}$`);
        expect(covers(pattern, text)).toBe(expected.test(text));
      }),
    );
  });
});
