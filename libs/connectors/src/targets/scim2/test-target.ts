import { randomUUID } from 'node:crypto';
import { isObject } from '@rollcall/scim';
import type { TestReport, TestStep } from '../../contract.js';
import { readList } from './list-page.js';
import { answerOf, type Refusal } from './refusal.js';
import type { Session, Sent } from './session.js';

type Verdict = Omit<TestStep, 'step' | 'durationMs'>;

const passed = (message: string): Verdict => ({ status: 'passed', message });
const skipped = (message: string): Verdict => ({ status: 'skipped', message });
const failed = (message: string, remedy: string): Verdict => ({ status: 'failed', message, remedy });

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testTarget(session: Session): Promise<TestReport> {
  const steps: TestStep[] = [];
  const add = (step: TestStep['step'], verdict: Verdict, durationMs = 0) =>
    steps.push({ step, ...verdict, durationMs });
  const timed = async (path: string, query?: Record<string, string>) => {
    const from = performance.now();
    const sent = await session.send({ method: 'GET', path, query, wantsBody: true });
    return { sent, durationMs: Math.round(performance.now() - from) };
  };
  const report = (): TestReport => ({ ok: steps.every(({ status }) => status !== 'failed'), steps });

  const users = await timed('/Users', { startIndex: '1', count: '1' });
  const reach = reachVerdict(session, users.sent);
  add('reach', reach, users.durationMs);
  const tls = reach.status === 'passed' ? tlsVerdict(session, users.sent) : skipped('Not reached.');
  add('tls', tls);
  if (reach.status === 'failed' || tls.status === 'failed') {
    for (const step of ['authenticate', 'discover', 'read-users', 'find-user', 'read-groups'] as const)
      add(step, skipped('Not reached.'));
    return report();
  }
  const authenticate = authenticateVerdict(users.sent);
  add('authenticate', authenticate);
  if (authenticate.status === 'failed') {
    for (const step of ['discover', 'read-users', 'find-user', 'read-groups'] as const)
      add(step, skipped('Not signed in.'));
    return report();
  }

  const config = await timed('/ServiceProviderConfig');
  add(
    'discover',
    config.sent.refused
      ? skipped('The app does not describe its capabilities: the usual ones are assumed.')
      : passed('The app describes its capabilities.'),
    config.durationMs,
  );
  add('read-users', readVerdict(users.sent, 'users'), users.durationMs);

  const find = await timed('/Users', { filter: `userName eq "${randomUUID()}"` });
  add('find-user', findVerdict(find.sent), find.durationMs);

  if (session.settings.groups) {
    const groups = await timed('/Groups', { startIndex: '1', count: '1', excludedAttributes: 'members' });
    add('read-groups', groupsVerdict(groups.sent), groups.durationMs);
  } else {
    add('read-groups', skipped('Groups are switched off for this connection.'));
  }
  return report();
}

function reachVerdict(session: Session, sent: Sent): Verdict {
  const failure = sent.refused ? sent.failure : undefined;
  if (!failure || failure.cause === 'tls')
    return passed(`${new URL(session.settings.baseUrl).host} answers.`);
  const remedy =
    failure.cause === 'name'
      ? 'Correct the host name in the base URL, or make it known to the DNS the hub uses.'
      : failure.cause === 'address'
        ? 'Allow the network in HUB_TARGET_NETWORKS, or correct the base URL.'
        : 'Check host and port of the base URL, and that a firewall lets the hub through.';
  return failed(failure.message, remedy);
}

function tlsVerdict(session: Session, sent: Sent): Verdict {
  if (sent.refused && sent.failure?.cause === 'tls') {
    return failed(
      sent.failure.message,
      'Install a valid certificate with its full chain at the app, or give its authority under trusted certificates.',
    );
  }
  if (new URL(session.settings.baseUrl).protocol === 'https:') return passed('The certificate is valid.');
  return skipped('The base URL is plain HTTP: credentials and personal data travel unencrypted.');
}

function authenticateVerdict(sent: Sent): Verdict {
  if (sent.refused?.kind === 'denied') {
    return failed(sent.refused.message, sent.refused.remedy ?? 'Check the credentials of this connection.');
  }
  if (sent.refused && !sent.reply)
    return failed(sent.refused.message, 'Check the token URL and the client of this connection.');
  return passed('The credentials are accepted.');
}

function readVerdict(sent: Sent, what: string): Verdict {
  if (sent.refused) return failed(sent.refused.message, remedyOf(sent.refused));
  if (!isObject(sent.reply.body) || !('totalResults' in sent.reply.body || 'Resources' in sent.reply.body)) {
    return failed(
      `The answer to /${what === 'users' ? 'Users' : 'Groups'} is not a SCIM list.`,
      'Check the base URL.',
    );
  }
  const { total } = readList(sent.reply.body);
  return passed(total === undefined ? `The ${what} can be read.` : `The app holds ${total} ${what}.`);
}

function findVerdict(sent: Sent): Verdict {
  if (sent.refused) {
    const advice = 'The app must answer a filter that matches nothing with 200 and an empty list.';
    return failed(`Searching by userName failed: ${sent.refused.message}`, advice);
  }
  if (readList(sent.reply.body).resources.length > 0) {
    return passed(
      'The app ignores filters and returns other users; they are told apart here, which is slower.',
    );
  }
  return passed('Users are found by userName.');
}

function groupsVerdict(sent: Sent): Verdict {
  const status = sent.reply?.status;
  if (sent.refused && (status === 404 || status === 501 || status === 405)) {
    return failed(
      `The app has no groups (${answerOf(sent.reply!)}).`,
      'Switch groups off in the settings of this connection.',
    );
  }
  return readVerdict(sent, 'groups');
}

const remedyOf = (refused: Refusal): string =>
  ('remedy' in refused && refused.remedy) || 'Check the base URL, then the state of the app.';
