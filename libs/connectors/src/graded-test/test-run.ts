import type { TestReport, TestStep } from '../contract.js';

export type Step = TestStep['step'];
/** How a step ended. */
export type Verdict = Omit<TestStep, 'step' | 'durationMs'>;

export const passed = (message: string): Verdict => ({ status: 'passed', message });
export const skipped = (message: string): Verdict => ({ status: 'skipped', message });
export const failed = (message: string, remedy: string): Verdict => ({ status: 'failed', message, remedy });
/** @param otherwise what to do about it, where the refusal does not say */
export const failedBy = (refusal: { message: string; remedy?: string }, otherwise: string): Verdict =>
  failed(refusal.message, refusal.remedy || otherwise);
export const notProbed = skipped('Nothing is written in tests: see "Write in tests" in the settings.');

const order: Step[] = [
  'reach',
  'tls',
  'authenticate',
  'discover',
  'read-users',
  'find-user',
  'read-groups',
  'write-probe',
  'limits',
];

/** The steps of one test, taken in the order above, from the network up. */
export interface TestRun {
  /** @returns false when it failed */
  say(step: Step, verdict: Verdict, durationMs?: number): boolean;
  /** Takes a step and its time. @returns false when it failed */
  take(step: Step, look: () => Verdict | Promise<Verdict>): Promise<boolean>;
  /** @param why the steps that were not taken are skipped */
  report(why?: string): TestReport;
}

/** @param explain what an error of a step that is taken means; it throws those it does not know */
export function beginTest(explain: (error: unknown) => Verdict = rethrow): TestRun {
  const steps: TestStep[] = [];
  const say: TestRun['say'] = (step, verdict, durationMs = 0) => {
    steps.push({ step, ...verdict, durationMs });
    return verdict.status !== 'failed';
  };
  return {
    say,
    async take(step, look) {
      const [verdict, durationMs] = await timed(async () => {
        try {
          return await look();
        } catch (error) {
          return explain(error);
        }
      });
      return say(step, verdict, durationMs);
    },
    report(why) {
      const left = order.filter((each) => steps.every(({ step }) => step !== each));
      if (why !== undefined) for (const step of left) say(step, skipped(why));
      return { ok: steps.every(({ status }) => status !== 'failed'), steps };
    },
  };
}

function rethrow(error: unknown): never {
  throw error;
}

/** @returns what came of it, and how long it took in milliseconds */
export async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const from = performance.now();
  return [await work(), Math.round(performance.now() - from)];
}
