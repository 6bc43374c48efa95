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
import { manifest } from './manifest.js';
import { probeWriting } from './probe-writing.js';
import { getCall } from './read-call.js';
import type { Sent, Session, SignedIn } from './session.js';

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testAccount(
  session: Session,
  connector: Pick<Connector, 'create' | 'update' | 'delete'>,
): Promise<TestReport> {
  const { settings } = session;
  const { say, take, report } = beginTest();
  const get = (path: string, query?: Record<string, string>) =>
    session.send({ method: 'GET', path, query, wantsBody: true });
  const { customer } = settings;

  const [signedIn, signedInMs] = await timed(() => session.signIn());
  const [users, usersMs] = await timed(() => get('/users', { customer, maxResults: '1' }));
  const failure = ('failure' in signedIn && signedIn.failure) || ('failure' in users && users.failure);
  if (failure && failure.cause !== 'tls') {
    say('reach', failed(failure.message, reachRemedy(failure)), signedInMs);
    return report('Not reached.');
  }
  say('reach', passed('The API and the place tokens come from answer.'), signedInMs);
  if (failure) {
    const remedy =
      'Certificates are signed by somebody else than Google’s authority, as by a proxy that looks into TLS: give its certificate under trusted certificates.';
    say('tls', failed(failure.message, remedy));
    return report('Not reached.');
  }
  const plain = [settings.baseUrl, settings.tokenUrl].some((url) => url.startsWith('http:'));
  say(
    'tls',
    plain ? skipped('Plain HTTP: secrets travel unencrypted.') : passed('The certificates are valid.'),
  );
  if (!say('authenticate', authenticateVerdict(signedIn, users), signedInMs)) return report('Not signed in.');

  await take('discover', async () =>
    discoverVerdict(await get(`/customer/${encodeURIComponent(customer)}/schemas`)),
  );
  if (!say('read-users', listVerdict(users, 'users'), usersMs)) return report('Users cannot be read.');
  await take('find-user', async () => {
    const nobody = `rollcall-${randomUUID()}@${settings.domain}`;
    return findVerdict(await session.send(getCall('user', nobody)), settings.domain);
  });
  await take('read-groups', async () => {
    if (!settings.groups) return skipped('Groups are switched off for this connection.');
    return listVerdict(await get('/groups', { customer, maxResults: '1' }), 'groups');
  });
  await take('write-probe', () => (settings.writeProbe ? probeWriting(connector, session) : notProbed));
  say('limits', passed(manifest.limits![0]!));
  return report();
}

function reachRemedy({ cause }: HttpFailure): string {
  if (cause === 'address') return 'Allow the network in HUB_TARGET_NETWORKS.';
  if (cause === 'name') return 'Let the DNS the hub uses resolve Google’s names.';
  return 'Let the hub out to admin.googleapis.com and oauth2.googleapis.com, port 443, in the firewall.';
}

function authenticateVerdict(signedIn: SignedIn, users: Sent): Verdict {
  if (signedIn.refused) return failed(signedIn.refused.message, remedyOf(signedIn.refused));
  if (users.reply?.status === 401) return failed(users.refused!.message, remedyOf(users.refused!));
  return passed('Google gives a token.');
}

function discoverVerdict(schemas: Sent): Verdict {
  if (schemas.refused)
    return skipped('Custom schemas cannot be read with these rights. All else is known beforehand.');
  const { body } = schemas.reply;
  const list = isObject(body) && Array.isArray(body.schemas) ? body.schemas : [];
  return passed(list.length > 0 ? `The account has ${list.length} custom schemas.` : 'No custom schemas.');
}

function listVerdict(sent: Sent, what: string): Verdict {
  if (sent.refused) return failed(sent.refused.message, remedyOf(sent.refused));
  const { body } = sent.reply;
  if (!isObject(body) || body.kind !== `admin#directory#${what}`)
    return failed(
      `The answer to /${what} is not a list as the Directory API gives it.`,
      'Correct the address of the API in the settings.',
    );
  return passed(`The ${what} can be read.`);
}

function findVerdict(found: Sent, domain: string): Verdict {
  if (!found.refused || found.refused.kind === 'not-found') return passed('Users are found by address.');
  if (found.reply?.status === 403)
    return failed(
      `Addresses in ${domain} are refused: ${found.refused.message}`,
      'Set the primary domain to one of this Google Workspace account.',
    );
  return failed(found.refused.message, remedyOf(found.refused));
}

function remedyOf(refused: Refusal): string {
  if (refused.kind === 'retry') return 'Wait a while and test again.';
  return ('remedy' in refused && refused.remedy) || 'Check the settings and the rights of the administrator.';
}
