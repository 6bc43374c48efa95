import { describe, expect, it } from 'vitest';
import { beginTest, failed, failedBy, passed } from './test-run.js';

describe('the steps of a test', () => {
  it('are skipped for the reason given from where it stopped, in their order', async () => {
    const { say, take, report } = beginTest();
    expect(say('reach', passed('It answers.'), 12)).toBe(true);
    expect(await take('tls', () => failed('Not trusted.', 'Give its authority.'))).toBe(false);
    const { ok, steps } = report('Not reached.');
    expect(ok).toBe(false);
    expect(steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'reach passed',
      'tls failed',
      ...['authenticate', 'discover', 'read-users', 'find-user', 'read-groups', 'write-probe', 'limits'].map(
        (step) => `${step} skipped`,
      ),
    ]);
    expect(steps[0]).toEqual({ step: 'reach', status: 'passed', message: 'It answers.', durationMs: 12 });
    expect(steps[1]).toMatchObject({ remedy: 'Give its authority.', durationMs: expect.any(Number) });
    expect(steps[2]).toMatchObject({ message: 'Not reached.', durationMs: 0 });
  });

  it('explain the errors they know and throw the others', async () => {
    const known = new RangeError('Too many.');
    const { take, report } = beginTest((error) => {
      if (error === known) return failedBy(known, 'Ask for fewer.');
      throw error;
    });
    expect(await take('read-users', () => Promise.reject(known))).toBe(false);
    expect(report().steps).toMatchObject([{ message: 'Too many.', remedy: 'Ask for fewer.' }]);
    await expect(take('limits', () => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug');
  });

  it('take the remedy of a refusal that has one', () => {
    expect(failedBy({ message: 'No.', remedy: 'Grant it.' }, 'Look.').remedy).toBe('Grant it.');
    expect(failedBy({ message: 'No.' }, 'Look.').remedy).toBe('Look.');
  });
});
