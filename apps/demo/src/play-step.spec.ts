import { describe, expect, it } from 'vitest';
import type { AppView } from './app-view.js';
import type { Step } from './day.js';
import type { Entra } from './entra.js';
import type { HubAdmin, ReportRow } from './hub-admin.js';
import { type Parts, playStep } from './play-step.js';

const step = (arrived: () => boolean): Step => ({
  at: '09:00',
  what: 'Ada joins',
  send: async () => 'ada',
  arrived: async () => arrived(),
});
const parts = (report: () => Partial<ReportRow>[], patienceMs = 5_000): Parts => ({
  entra: { answeredAt: Date.now() } as Entra,
  app: {} as AppView,
  hub: { report: async () => report() } as unknown as HubAdmin,
  connection: 'sandbox',
  signal: new AbortController().signal,
  patienceMs,
});
const row = (action: string, status: string, at: number) => ({
  action,
  status,
  at: new Date(at).toISOString(),
});

describe('playStep', () => {
  it('measures up to the operation that the app confirmed, and names all that was done', async () => {
    let looks = 0;
    const at = Date.now() + 1_000;
    const outcome = await playStep(
      step(() => ++looks > 2),
      parts(() => [row('update', 'succeeded', at), row('create', 'succeeded', at - 500)]),
    );
    expect(outcome.actions).toEqual(['create', 'update']);
    expect(outcome.tookMs).toBeGreaterThan(900);
  });

  it('fails, with what the hub says, when the app never shows it', async () => {
    const failed = {
      ...row('create', 'failed', Date.now()),
      error: { message: 'The app refuses Ada.', remedy: 'Ask it why.' },
    };
    await expect(
      playStep(
        step(() => false),
        parts(() => [failed], 0),
      ),
    ).rejects.toThrow('"Ada joins" did not arrive within 0 s (The app refuses Ada. Ask it why.)');
  });

  it('fails when the app shows it and the hub has not recorded it', async () => {
    const old = row('update', 'succeeded', Date.now() - 60_000);
    await expect(
      playStep(
        step(() => true),
        parts(() => [old], 0),
      ),
    ).rejects.toThrow('"Ada joins" arrived, but is not in the report');
  });
});
