import { describe, expect, it } from 'vitest';
import { sessionLife, Sessions } from './session.js';

const now = Date.parse('2026-11-21T12:00:00Z');
const sessions = new Sessions(Buffer.from('one key'));

describe('dashboard sessions', () => {
  it('last their time and no longer', () => {
    const session = sessions.open(now);
    expect(sessions.isOpen(session, now)).toBe(true);
    expect(sessions.isOpen(session, now + sessionLife - 1)).toBe(true);
    expect(sessions.isOpen(session, now + sessionLife)).toBe(false);
  });

  it('end with the admin key', () => {
    expect(new Sessions(Buffer.from('another key')).isOpen(sessions.open(now), now)).toBe(false);
  });

  it('cannot be prolonged or made up', () => {
    const [until, signature] = sessions.open(now).split('.');
    expect(sessions.isOpen(`${Number(until) + 1}.${signature}`, now)).toBe(false);
    for (const made of [undefined, '', '.', `${until}.`, String(until)]) {
      expect(sessions.isOpen(made, now)).toBe(false);
    }
  });
});
