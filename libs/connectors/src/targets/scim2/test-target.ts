import { randomUUID } from 'node:crypto';
import { isObject } from '@rollcall/scim';
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
import type { HttpFailure } from '../../http/exchange.js';
import { readList } from './list-page.js';
import { presets } from './presets/presets.js';
import { probeWriting } from './probe-writing.js';
import { answerOf, type Reply } from './refusal.js';
import type { Session, Sent } from './session.js';

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testTarget(
  session: Session,
  connector: Pick<Connector, 'create' | 'update'>,
): Promise<TestReport> {
  const { say, take, report } = beginTest();
  const { settings } = session;
  const replies: Reply[] = [];
  const get = async (path: string, query?: Record<string, string>): Promise<Sent> => {
    const sent = await session.send({ method: 'GET', path, query, wantsBody: true });
    if (sent.reply) replies.push(sent.reply);
    return sent;
  };

  const [users, usersMs] = await timed(() => get('/Users', { startIndex: '1', count: '1' }));
  if (!say('reach', reachVerdict(session, users), usersMs)) return report('Not reached.');
  if (!say('tls', tlsVerdict(session, users))) return report('Not reached.');
  if (!say('authenticate', authenticateVerdict(users))) return report('Not signed in.');

  const [config, configMs] = await timed(() =>
    get(settings.protocol === '1.1' ? '/ServiceProviderConfigs' : '/ServiceProviderConfig'),
  );
  say(
    'discover',
    config.refused
      ? skipped('The app does not describe its capabilities: the usual ones are assumed.')
      : passed('The app describes its capabilities.'),
    configMs,
  );
  if (!say('read-users', readVerdict(users, 'users'), usersMs)) return report('Users cannot be read.');
  await take('find-user', async () => {
    const key = searchedBy(session);
    if (key === undefined)
      return skipped('The app cannot be searched: accounts are looked for in its whole list.');
    return findVerdict(await get('/Users', { filter: `${key} eq "${randomUUID()}"` }), key);
  });
  await take('read-groups', async () => {
    if (!settings.groups) return skipped('Groups are switched off for this connection.');
    return groupsVerdict(
      await get('/Groups', { startIndex: '1', count: '1', excludedAttributes: 'members' }),
    );
  });
  await take('write-probe', () => (settings.writeProbe ? probeWriting(connector, session) : notProbed));
  say('limits', limitsVerdict(session, replies, config));
  return report();
}

function reachVerdict(session: Session, sent: Sent): Verdict {
  const failure = sent.refused ? sent.failure : undefined;
  const unasked = sent.refused !== undefined && sent.unasked === true;
  if (failure && failure.cause !== 'tls')
    return failed(failure.message, reachRemedy(failure, unasked ? 'token URL' : 'base URL'));
  return passed(unasked ? 'The token URL answers.' : `${new URL(session.settings.baseUrl).host} answers.`);
}

function reachRemedy({ cause, sent }: HttpFailure, where: 'base URL' | 'token URL'): string {
  if (cause === 'name')
    return `Correct the host name in the ${where}, or make it known to the DNS the hub uses.`;
  if (cause === 'address') return `Allow the network in HUB_TARGET_NETWORKS, or correct the ${where}.`;
  if (cause === 'broken')
    return `The connection is broken off: check the port of the ${where} and whether it wants https, whether a client certificate is asked for (see the credentials), and the firewalls between.`;
  if (cause === 'timeout' && sent)
    return `The server takes calls and does not answer: check the ${where} and the state of the app, or raise the time-out in the settings.`;
  return `Check host and port of the ${where}, and that a firewall lets the hub through.`;
}

function tlsVerdict(session: Session, sent: Sent): Verdict {
  if (sent.refused && sent.failure?.cause === 'tls') {
    return failed(sent.failure.message, tlsRemedy(sent.failure.code ?? ''));
  }
  if (new URL(session.settings.baseUrl).protocol === 'https:') return passed('The certificate is valid.');
  return skipped('The base URL is plain HTTP: credentials and personal data travel unencrypted.');
}

function tlsRemedy(code: string): string {
  if (code === 'CERT_HAS_EXPIRED') return 'Renew the certificate of the app: it has expired.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'The certificate is for another host name: use that name in the base URL, or get a certificate for this one.';
  if (/SELF_SIGNED|UNABLE_TO|ISSUER/.test(code))
    return 'The authority of the certificate is not known: give its certificate in PEM under trusted certificates, or install the full chain at the app.';
  if (/WRONG_VERSION|PACKET_LENGTH|EPROTO/.test(code))
    return 'The port does not speak TLS, so there is no certificate: check the port, or use http:// for an app without TLS.';
  if (/ALERT/.test(code))
    return 'The app turns the connection down: it may want a client certificate (see the credentials), or an older version of TLS.';
  return 'Install a valid certificate with its full chain at the app, or give its authority under trusted certificates.';
}

function authenticateVerdict(sent: Sent): Verdict {
  if (sent.refused?.kind === 'denied') {
    return failed(sent.refused.message, sent.refused.remedy ?? 'Check the credentials of this connection.');
  }
  if (sent.refused && !sent.reply)
    return failed(sent.refused.message, 'Check the token URL and the client of this connection.');
  const to = sent.reply?.headers.location;
  if (sent.reply && sent.reply.status >= 300 && sent.reply.status < 400) {
    return failed(
      `The app sends the hub elsewhere${typeof to === 'string' ? `, to ${to}` : ''}: to a page for signing in, or to another address.`,
      'Set the base URL to the SCIM address the app shows in its settings. Credentials are not sent on to other addresses.',
    );
  }
  if (sent.reply && isWebPage(sent.reply)) {
    return failed(
      `The app answers with a web page (HTTP ${sent.reply.status}) instead of SCIM: a page for signing in, or a base URL that leads to its website.`,
      'Compare the base URL with the SCIM address in the settings of the app, its path as well: /scim/v2 is often missing.',
    );
  }
  return passed(sent.refused ? 'The credentials are not refused.' : 'The credentials are accepted.');
}

const isWebPage = ({ headers, text, body }: Reply): boolean =>
  body === undefined && (/html/i.test(String(headers['content-type'])) || text.trimStart().startsWith('<'));

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

function findVerdict(sent: Sent, key: string): Verdict {
  if (sent.refused) {
    const advice = 'The app must answer a filter that matches nothing with 200 and an empty list.';
    return failed(`Searching by ${key} failed: ${sent.refused.message}`, advice);
  }
  if (readList(sent.reply.body).resources.length > 0) {
    return passed(
      'The app ignores filters and returns other users; they are told apart here, which is slower.',
    );
  }
  return passed(`Users are found by ${key}.`);
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

function searchedBy({ settings }: Session): string | undefined {
  const { searchable } = settings;
  return searchable.length === 0
    ? 'userName'
    : ['userName', 'externalId'].find((name) => searchable.includes(name));
}

/** What the answers said of the app's limits, and what is known of it. Never fails. */
function limitsVerdict({ settings }: Session, replies: Reply[], config: Sent): Verdict {
  const hints = replies.map((reply) => reply.hints).filter((each) => each !== undefined);
  const limit = hints.find((each) => each.limit !== undefined);
  const body = config.refused ? undefined : config.reply.body;
  const filter = isObject(body) && isObject(body.filter) ? body.filter : {};
  const preset = presets.find(({ id }) => id === settings.preset);
  const found = [
    ...(limit ? [`It allows ${limit.limit} calls, ${limit.remaining ?? 'an unknown number'} left.`] : []),
    ...(typeof filter.maxResults === 'number' ? [`It returns ${filter.maxResults} results at a time.`] : []),
    ...(preset?.limits ?? []),
  ];
  return found.length > 0 ? passed(found.join(' ')) : skipped('The app says nothing of its limits.');
}

function remedyOf(refused: Refusal): string {
  if (refused.kind === 'retry' && /slow down/.test(refused.message))
    return 'Wait a while and test again; give the connection a lower pace (policy.push.requestsPerSecond) if it comes back.';
  return ('remedy' in refused && refused.remedy) || 'Check the base URL, then the state of the app.';
}
