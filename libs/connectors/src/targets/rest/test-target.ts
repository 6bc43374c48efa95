import { randomUUID } from 'node:crypto';
import type { Connector, Refusal, TestReport } from '../../contract.js';
import {
  beginTest,
  failed,
  notProbed,
  passed,
  skipped,
  timed,
  type Verdict,
} from '../../graded-test/test-run.js';
import { findObjects } from './find-objects.js';
import { listPage } from './list-page.js';
import type { OperationInput } from './operation-input.js';
import { presets } from './presets/presets.js';
import { probeWriting } from './probe-writing.js';
import type { Reply } from './refusal.js';
import { sampleInput } from './sample-object.js';
import type { Sent, Session } from './session.js';
import type { RestRequest } from './settings.js';
import { showRequests } from './show-requests.js';

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testTarget(session: Session, connector: Connector): Promise<TestReport> {
  const { say, take, report } = beginTest();
  const { settings } = session;

  const first = firstRequest(session);
  if (!first) {
    const remedy = 'Describe a request for tests: settings.test.';
    say('reach', failed('Nothing can be sent without changing something.', remedy));
    return report('Not reached.');
  }
  const [sent, sentMs] = await timed(() => session.send(first.request, first.input));
  if (!say('reach', reachVerdict(session, sent), sentMs)) return report('Not reached.');
  if (!say('tls', tlsVerdict(session, sent))) return report('Not reached.');
  if (!say('authenticate', authenticateVerdict(sent, first.looksForNobody))) return report('Not signed in.');

  await take('discover', async () => {
    const { shown, wrong } = await showRequests(session);
    const lines = shown.join('\n');
    if (wrong.length === 0) return passed(`The requests for a sample person, without credentials:\n${lines}`);
    return failed(
      `${wrong.join('\n')}\n${lines}`.trim(),
      'Correct these requests, or give the attributes they need an example (users.attributes).',
    );
  });
  if (!(await take('read-users', () => readVerdict(session, 'user')))) return report('Users cannot be read.');
  await take('find-user', () => findVerdict(session));
  await take('read-groups', () =>
    settings.groups ? readVerdict(session, 'group') : skipped('No requests for groups are described.'),
  );
  await take('write-probe', () => (settings.writeProbe ? probeWriting(connector, settings) : notProbed));
  say('limits', limitsVerdict(session, sent.reply));
  return report();
}

/** One that changes nothing; looking for somebody who is not there may be answered with 404. */
function firstRequest({
  settings,
}: Session): { request: RestRequest; input: OperationInput; looksForNobody: boolean } | undefined {
  const { test, users } = settings;
  if (test) return { request: test, input: { operation: 'test', type: 'user' }, looksForNobody: false };
  for (const name of ['list', 'find', 'get'] as const) {
    const request = users[name];
    if (!request) continue;
    const input = { ...sampleInput(name, 'user', users), value: randomUUID(), id: randomUUID() };
    return { request, input, looksForNobody: name !== 'list' };
  }
  return undefined;
}

function reachVerdict({ settings }: Session, sent: Sent): Verdict {
  const failure = sent.refused ? sent.failure : undefined;
  if (!failure && !sent.call) return failed(sent.refused!.message, remedyOf(sent.refused!));
  if (!failure || failure.cause === 'tls') return passed(`${new URL(settings.baseUrl).host} answers.`);
  const remedy =
    failure.cause === 'name'
      ? 'Correct the host name in the base URL, or make it known to the DNS the hub uses.'
      : failure.cause === 'address'
        ? 'Allow the network in HUB_TARGET_NETWORKS, or correct the base URL.'
        : failure.cause === 'broken' && settings.baseUrl.startsWith('https:')
          ? 'The app breaks the connection off: it may want a client certificate (see the credentials), or a firewall stands between.'
          : 'Check host and port of the base URL, and that a firewall lets the hub through.';
  return failed(failure.message, remedy);
}

function tlsVerdict({ settings }: Session, sent: Sent): Verdict {
  if (sent.refused && sent.failure?.cause === 'tls') {
    const { code = '', message } = sent.failure;
    return failed(message, tlsRemedy(code));
  }
  if (settings.baseUrl.startsWith('https:')) return passed('The certificate is valid.');
  return skipped('The base URL is plain HTTP: credentials and personal data travel unencrypted.');
}

function tlsRemedy(code: string): string {
  if (code === 'CERT_HAS_EXPIRED') return 'Renew the certificate of the app: it has expired.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'The certificate is for another host name: use that name in the base URL, or get a certificate for this one.';
  if (/SELF_SIGNED|UNABLE_TO|ISSUER/.test(code))
    return 'The authority of the certificate is not known: give its certificate in PEM under trusted certificates, or install the full chain at the app.';
  return 'Check that the port speaks TLS, that the app offers TLS 1.2, and whether it wants a client certificate.';
}

function authenticateVerdict(sent: Sent, looksForNobody: boolean): Verdict {
  const { refused, reply } = sent;
  if (!refused) return passed('The credentials are accepted.');
  if (refused.kind === 'denied')
    return failed(refused.message, refused.remedy ?? 'Check the credentials of this connection.');
  if (!reply) return failed(refused.message, 'Check the token URL and the client of this connection.');
  if (reply.status >= 300 && reply.status < 400) {
    return failed(
      'The app sends the hub elsewhere: to a page for signing in, or to another address.',
      'Set the base URL to the address of the API. Credentials are not sent on to other addresses.',
    );
  }
  if (refused.kind === 'not-found' && looksForNobody) return passed('The credentials are accepted.');
  return passed(`The credentials are not refused (${refused.answer ?? `HTTP ${reply.status}`}).`);
}

async function readVerdict(session: Session, type: 'user' | 'group'): Promise<Verdict> {
  if (!session.settings[`${type}s`]?.list) return skipped(`No request is described that lists ${type}s.`);
  const outcome = await listPage(session, type, { limit: 1 });
  if (outcome.kind !== 'ok') return failed((outcome as Refusal).message, remedyOf(outcome as Refusal));
  const { objects } = outcome.value;
  if (objects.length === 0) return passed(`The ${type}s can be read; there is none.`);
  const names = Object.keys(objects[0]!.attributes);
  return passed(`The ${type}s can be read. They have the attributes ${names.join(', ') || 'none'}.`);
}

async function findVerdict(session: Session): Promise<Verdict> {
  const { users } = session.settings;
  const { find } = users;
  if (!find) {
    return users.list
      ? skipped('The app cannot be searched: accounts are looked for in its whole list.')
      : skipped('Nothing can be looked up: accounts that are there already are not recognised.');
  }
  const attribute =
    find.attributes?.[0] ?? users.attributes?.find(({ unique }) => unique)?.name ?? 'userName';
  const outcome = await findObjects(session, 'user', { attribute, value: randomUUID() });
  if (outcome.kind === 'ok') return passed(`Users are found by ${attribute}.`);
  const refused = outcome as Refusal;
  return failed(`Searching by ${attribute} failed: ${refused.message}`, remedyOf(refused));
}

/** What the answer said of the app's limits, and what is known of it. Never fails. */
function limitsVerdict({ settings }: Session, reply: Reply | undefined): Verdict {
  const { limit, remaining } = reply?.hints ?? {};
  const preset = presets.find(({ id }) => id === settings.preset);
  const found = [
    ...(limit === undefined ? [] : [`It allows ${limit} calls, ${remaining ?? 'an unknown number'} left.`]),
    ...(preset?.limits ?? []),
  ];
  return found.length > 0 ? passed(found.join(' ')) : skipped('The app says nothing of its limits.');
}

const remedyOf = (refused: Refusal): string =>
  ('remedy' in refused && refused.remedy) ||
  'Compare this request in the settings with the documentation of the app.';
