import { ResultCodeError } from 'ldapts';
import {
  failed,
  failedBy,
  passed,
  skipped,
  type Step,
  type TestRun,
  timed,
  type Verdict,
} from '../../graded-test/test-run.js';
import { type Connection, OpeningFailed } from './connection.js';
import { Refused, refusalOf } from './result-codes.js';
import type { ServerLink } from './server-link.js';

/** Opens a connection from the network up. @returns why no further step can be taken, if so */
export async function tryOpening(link: ServerLink, { say }: TestRun): Promise<string | undefined> {
  const [opened, openedMs] = await timed(() => link.open().catch((error: unknown) => error as Error));
  for (const [step, verdict] of openingVerdicts(link, opened))
    if (!say(step, verdict, openedMs)) return step === 'authenticate' ? 'Not signed in.' : 'Not reached.';
  await (opened as Connection).close();
  return undefined;
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
      'Check that the port is one of a directory, look into the state and the log of the server, or raise the time-out.';
    const told = { ...refusal, message: message || 'The server refuses to sign in.' };
    return [reach, tls, ['authenticate', failedBy(told, advice)]];
  }
  return [reach, tls, ['authenticate', passed('The service account is signed in.')]];
}

export function verdictOf(error: unknown): Verdict {
  if (!(error instanceof Refused)) {
    if (error instanceof ResultCodeError) return verdictOf(new Refused(refusalOf(error, []), error.code));
    throw error;
  }
  return failedBy(error.refusal, 'Check the settings of the connection, then the state of the server.');
}
