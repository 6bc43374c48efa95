import { ResultCodeError } from 'ldapts';
import { describe, expect, it } from 'vitest';
import { explain } from './explain-code.js';

class Answered extends ResultCodeError {
  constructor(code: number, message: string) {
    super(code, message);
  }
}
const answered = (code: number, words: string) => new Answered(code, `${words} Code: 0x${code.toString(16)}`);

describe('what a domain controller means', () => {
  it.each([
    ['525', /no such account/],
    ['52e', /password is wrong/],
    ['530', /hour/],
    ['531', /from here/],
    ['532', /expired/],
    ['533', /disabled/],
    ['701', /expired/],
    ['773', /change its password/],
    ['775', /locked/],
  ])('by sub-code %s of a refused sign-in', (data, words) => {
    const said = `80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data ${data}, v3839`;
    const refusal = explain(answered(49, said), []);
    expect(refusal).toMatchObject({ kind: 'denied', message: expect.stringMatching(words) });
    expect('remedy' in refusal && refusal.remedy).toMatch(/.{10}/);
  });

  it('keeps the words of a sub-code it does not know', () => {
    expect(explain(answered(49, 'AcceptSecurityContext error, data 999, v1'), [])).toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('999'),
    });
  });

  it.each<[string, number, string, object]>([
    [
      'Windows: weak password',
      53,
      '0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0',
      { kind: 'rejected', code: 'weak-password', attribute: 'unicodePwd' },
    ],
    [
      'Samba: weak password',
      19,
      '0000052D: Constraint violation - check_password_restrictions: the password is too short.',
      { kind: 'rejected', code: 'weak-password', attribute: 'unicodePwd' },
    ],
    [
      'Windows: password without encryption',
      53,
      '0000001F: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0',
      { kind: 'rejected', code: 'password-unsafe' },
    ],
    [
      'Windows: unknown attribute',
      16,
      '00000057: LdapErr: DSID-0C090FD0, comment: Error in attribute conversion operation, data 0, v3839',
      { kind: 'rejected', code: 'unknown-attribute' },
    ],
    [
      'Samba: unknown attribute',
      16,
      "0000200A: objectclass_attrs: attribute 'flavour' on entry 'CN=x' was not found in the schema!",
      { kind: 'rejected', code: 'unknown-attribute', attribute: 'flavour' },
    ],
    [
      'Windows: value too long',
      19,
      '00002082: AtrErr: DSID-03151904, #1:\n\t0: 00002082: DSID-03151904, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att c (title):len 500',
      { kind: 'rejected', code: 'constraint', attribute: 'title' },
    ],
    [
      'Windows: UPN taken in the forest',
      19,
      '000021C8: AtrErr: DSID-03200EBD, #1:\n\t0: 000021C8: DSID-03200EBD, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 90290 (userPrincipalName)',
      { kind: 'conflict' },
    ],
    [
      'Samba: UPN taken',
      19,
      "0000202F: samldb: userPrincipalName 'ada@ad.example.test' is already in use ",
      { kind: 'conflict' },
    ],
    [
      'Windows: account name taken',
      68,
      '00000524: UpdErr: DSID-031A11E2, problem 6005 (ENTRY_EXISTS), data 0',
      { kind: 'conflict' },
    ],
    [
      'Windows: name taken',
      68,
      '00002071: UpdErr: DSID-0305038D, problem 6005 (ENTRY_EXISTS), data 0',
      { kind: 'conflict' },
    ],
    [
      'missing rights',
      50,
      '00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0',
      { kind: 'denied', remedy: expect.stringContaining('Delegate') },
    ],
    ['no encryption', 8, 'BindSimple: Transport encryption required.', { kind: 'denied' }],
    [
      'another domain',
      10,
      '0000202B: RefErr: DSID-03100835, data 0, 1 access points',
      { kind: 'rejected', code: 'other-domain' },
    ],
    ['a page too large', 4, '', { kind: 'rejected', code: 'size-limit' }],
    [
      'a reference to nobody',
      19,
      '000020B5: AtrErr: DSID-03152BBE, #1:\n\t0: 000020B5: DSID-03152BBE, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 90007 (manager)',
      { kind: 'rejected', code: 'unknown-reference', attribute: 'manager' },
    ],
    ['gone', 32, '0000208D: NameErr: DSID-0310028C, problem 2001 (NO_OBJECT)', { kind: 'not-found' }],
    ['busy', 51, '000020D1: SvcErr: DSID-0, problem 5001 (BUSY)', { kind: 'retry', scope: 'connection' }],
  ])('%s', (_, code, words, wanted) => {
    const writing = ['title', 'manager', 'flavour', 'userPrincipalName'];
    const refusal = explain(answered(code, words), writing);
    expect(refusal).toMatchObject({ ...wanted, answer: expect.stringContaining(`LDAP ${code}`) });
    if (refusal.kind === 'rejected') expect(refusal.remedy).toMatch(/.{10}/);
  });
});
