import { MessageResponseStatus, ResultCodeError } from 'ldapts';
import { expect, it } from 'vitest';
import { refusalOf } from './result-codes.js';

class Answered extends ResultCodeError {
  constructor(code: number, message: string) {
    super(code, message);
  }
}
const refusal = (code: number, message: string, writing: string[] = []) =>
  refusalOf(new Answered(code, message), writing);

it.each([
  [1, 'Operation unavailable without authentication', 'retry'],
  [3, '', 'retry'],
  [4, '', 'rejected'],
  [8, 'confidentiality required', 'denied'],
  [10, 'ldap://main', 'denied'],
  [11, '', 'rejected'],
  [13, 'TLS confidentiality required', 'denied'],
  [32, '', 'not-found'],
  [34, 'invalid DN', 'rejected'],
  [49, '', 'denied'],
  [50, '', 'denied'],
  [51, '', 'retry'],
  [52, '', 'retry'],
  [53, 'operation restricted', 'denied'],
  [53, 'no global superior knowledge', 'rejected'],
  [66, 'subordinate objects must be deleted first', 'rejected'],
  [68, '', 'conflict'],
  [80, '', 'retry'],
  [19, 'some attributes not unique', 'conflict'],
  [19, 'non-unique attributes found with (|(mail=a@b.c))', 'conflict'],
  [999, 'never heard of', 'rejected'],
])('%i "%s" is %s', (code, message, kind) => {
  const outcome = refusal(code, message);
  expect(outcome.kind).toBe(kind);
  expect(outcome.answer).toContain(`LDAP ${code}`);
  if (kind === 'rejected' || kind === 'denied') expect(outcome).toHaveProperty('remedy');
});

it.each([
  [65, "object class 'inetOrgPerson' requires attribute 'sn'", ['uid', 'cn'], 'sn'],
  [65, "attribute 'shoeSize' not allowed", ['shoeSize'], 'shoeSize'],
  [21, 'telephoneNumber: value #0 invalid per syntax', ['cn', 'telephoneNumber'], 'telephoneNumber'],
  [17, 'shoeSize: attribute type undefined', ['shoeSize'], 'shoeSize'],
  [19, 'Password fails quality checking policy', ['userPassword'], 'userPassword'],
  [19, 'memberOf: no user modification allowed', ['memberOf'], 'memberOf'],
  [21, 'something else', ['cn'], undefined],
])('%i "%s" names its attribute', (code, message, writing, attribute) => {
  expect(refusal(code, message, writing)).toMatchObject({ kind: 'rejected' });
  expect((refusal(code, message, writing) as { attribute?: string }).attribute).toBe(attribute);
});

it('an empty message is told by the name of the code', () => {
  expect(Object.keys(MessageResponseStatus).length).toBeGreaterThan(0);
  expect(refusal(80, '').answer).toMatch(/^LDAP 80 \w/);
});
