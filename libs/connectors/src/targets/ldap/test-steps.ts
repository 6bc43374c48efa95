import { ResultCodeError } from 'ldapts';
import type { TestReport, TestStep } from '../../contract.js';
import { type Connection, OpeningFailed } from './connection.js';
import { Refused, refusalOf } from './result-codes.js';
import type { ServerLink } from './server-link.js';

export type Verdict = Omit<TestStep, 'step' | 'durationMs'>;
type Step = TestStep['step'];

export const passed = (message: string): Verdict => ({ status: 'passed', message });
export const skipped = (message: string): Verdict => ({ status: 'skipped', message });
export const failed = (message: string, remedy: string): Verdict => ({ status: 'failed', message, remedy });

const order: Step[] = [
  'reach',
  'tls',
  'authenticate',
  'discover',
  'read-users',
  'find-user',
  'write-probe',
  'read-groups',
  'limits',
];

export interface RunningTest {
  /** Whether a connection could be opened. */
  opened: boolean;
  /** @returns false when it failed */
  step(name: Step, look: () => Promise<Verdict>): Promise<boolean>;
  /** The report; steps that were not taken are skipped for this reason. */
  rest(why?: string): TestReport;
}

/** Opens a connection from the network up, and is ready for the further steps. */
export async function beginTest(link: ServerLink): Promise<RunningTest> {
  const steps: TestStep[] = [];
  const from = performance.now();
  const opened = await link.open().catch((error: unknown) => error as Error);
  const durationMs = Math.round(performance.now() - from);
  for (const [name, verdict] of openingVerdicts(link, opened))
    steps.push({ step: name, ...verdict, durationMs });
  if (!(opened instanceof Error)) await opened.close();
  const notOpened = steps.at(-1)!.step === 'authenticate' ? 'Not signed in.' : 'Not reached.';
  return {
    opened: !(opened instanceof Error),
    async step(name, look) {
      const begun = performance.now();
      const verdict = await look().catch((error: unknown) => verdictOf(error));
      steps.push({ step: name, ...verdict, durationMs: Math.round(performance.now() - begun) });
      return verdict.status !== 'failed';
    },
    rest(why = notOpened) {
      for (const name of order.slice(steps.length))
        steps.push({ step: name, ...skipped(why), durationMs: 0 });
      return { ok: steps.every(({ status }) => status !== 'failed'), steps };
    },
  };
}

function openingVerdicts(link: ServerLink, opened: Connection | Error): [Step, Verdict][] {
  const { url, security } = link.settings;
  const stage = opened instanceof OpeningFailed ? opened.stage : undefined;
  const refusal = opened instanceof Error ? link.unopened(opened) : undefined;
  const message = refusal?.message ?? '';
  const unreachable: Record<string, string> = {
    name: 'Correct the host name of the server, or make it known to the DNS the hub uses.',
    address: 'Allow the network in HUB_TARGET_NETWORKS, or correct the server.',
    reach: 'Check host and port of the server, and that a firewall lets the hub through.',
  };
  if (refusal && stage !== 'tls' && stage !== 'bind')
    return [['reach', failed(message, unreachable[stage ?? 'reach']!)]];
  const reach: [Step, Verdict] = ['reach', passed(`${new URL(url).host} answers.`)];
  if (refusal && stage === 'tls') {
    const advice = /certificate|altname/i.test(message)
      ? 'Give the authority of its certificate under trusted certificates, the name in it where it differs from the host, or choose another encryption.'
      : 'Check that the port is one of a directory (389 for StartTLS, 636 for LDAPS) and that the server offers this encryption, or choose another.';
    return [reach, ['tls', failed(message, advice)]];
  }
  const plain = security === 'none' && !url.startsWith('ldaps:');
  const tls: [Step, Verdict] = [
    'tls',
    plain
      ? skipped('Encryption is off: passwords and personal data travel unencrypted.')
      : passed('The certificate is valid.'),
  ];
  if (refusal) {
    const advice =
      ('remedy' in refusal && refusal.remedy) ||
      'Check that the port is one of a directory, look into the state and the log of the server, or raise the time-out.';
    return [reach, tls, ['authenticate', failed(message || 'The server refuses to sign in.', advice)]];
  }
  return [reach, tls, ['authenticate', passed('The service account is signed in.')]];
}

export function verdictOf(error: unknown): Verdict {
  if (!(error instanceof Refused)) {
    if (error instanceof ResultCodeError) return verdictOf(new Refused(refusalOf(error, []), error.code));
    throw error;
  }
  const { refusal } = error;
  const advice = 'remedy' in refusal ? refusal.remedy : undefined;
  return failed(
    refusal.message,
    advice ?? 'Check the settings of the connection, then the state of the server.',
  );
}
