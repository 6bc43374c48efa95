import { describe, expect, it } from 'vitest';
import { answerOf, refusalOf, type Reply } from './refusal.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const reply = (status: number, code?: string, further: object = {}, hints?: Reply['hints']): Reply => ({
  status,
  headers: {},
  body: code === undefined ? undefined : { error: { code, message: `About ${code}`, ...further } },
  tooLong: false,
  ...(hints && { hints }),
});
const read = (given: Reply, object = true) => refusalOf(given, { kind: 'read', object }, now);
const write = (given: Reply, attributes: string[] = []) =>
  refusalOf(given, { kind: 'write', object: true, attributes }, now);

describe('a refusal of Graph', () => {
  it.each<[string, Reply, object]>([
    ['401', reply(401, 'InvalidAuthenticationToken'), { kind: 'denied' }],
    ['403', reply(403, 'Authorization_RequestDenied'), { kind: 'denied' }],
    ['404', reply(404, 'Request_ResourceNotFound'), { kind: 'not-found' }],
    ['404 of something else', reply(404), { kind: 'retry', scope: 'connection' }],
    ['301', reply(301), { kind: 'retry', scope: 'connection' }],
    ['409', reply(409, 'Request_BadRequest'), { kind: 'conflict' }],
    ['two writes at once', reply(409, 'Directory_ConcurrencyViolation'), { kind: 'retry', scope: 'object' }],
    [
      '429',
      reply(429, 'TooManyRequests', {}, { retryAfterMs: 3_000 }),
      { kind: 'retry', scope: 'connection', afterMs: 3_000 },
    ],
    ['429 without a time', reply(429), { kind: 'retry', scope: 'connection' }],
    ['500', reply(500), { kind: 'retry', scope: 'object', maybeDone: true }],
    ['503', reply(503, 'ServiceUnavailable'), { kind: 'retry', scope: 'connection', maybeDone: true }],
    ['504', reply(504), { kind: 'retry', scope: 'object', maybeDone: true }],
    ['501', reply(501, 'NotImplemented'), { kind: 'rejected', code: 'NotImplemented' }],
    ['a quota', reply(400, 'Directory_QuotaExceeded'), { kind: 'rejected', code: 'quota-exceeded' }],
    ['a quota as 403', reply(403, 'Directory_QuotaExceeded'), { kind: 'rejected', code: 'quota-exceeded' }],
    [
      'a taken value',
      reply(400, 'Request_BadRequest', {
        details: [{ code: 'ObjectConflict', target: 'userPrincipalName' }],
      }),
      { kind: 'conflict' },
    ],
  ])('%s', (_, given, expected) => {
    const outcome = write(given);
    expect(outcome).toMatchObject(expected);
    if (outcome.kind === 'rejected' || outcome.kind === 'denied') expect(outcome.remedy).toMatch(/.{10}/);
    if (!('maybeDone' in expected)) expect(outcome).not.toHaveProperty('maybeDone');
    if (!('afterMs' in expected)) expect(outcome).not.toHaveProperty('afterMs');
  });

  it('of a read has done nothing, and 404 of a collection speaks of the address', () => {
    expect(read(reply(503))).not.toHaveProperty('maybeDone');
    expect(read(reply(404, 'Request_ResourceNotFound'), false)).toMatchObject({
      kind: 'retry',
      scope: 'connection',
    });
  });

  it('names the attribute by details, else by its text', () => {
    const given = reply(400, 'Request_BadRequest', {
      details: [{ code: 'InvalidValue', target: 'usageLocation' }],
    });
    expect(write(given, ['city', 'usageLocation'])).toMatchObject({
      attribute: 'usageLocation',
      code: 'InvalidValue',
    });
    const said = reply(400, 'Request_BadRequest', {
      message: "Invalid value specified for property 'costCenter' of resource 'User'.",
    });
    expect(write(said, ['employeeOrgData.costCenter'])).toMatchObject({
      attribute: 'employeeOrgData.costCenter',
    });
    expect(write(said, ['city'])).not.toHaveProperty('attribute');
  });

  it('tells people the code and the request', () => {
    const given = reply(400, 'Request_BadRequest', { innerError: { 'request-id': '4711' } });
    expect(answerOf(given)).toBe('HTTP 400 Request_BadRequest (request-id 4711)');
    expect(answerOf(reply(502))).toBe('HTTP 502');
  });
});
