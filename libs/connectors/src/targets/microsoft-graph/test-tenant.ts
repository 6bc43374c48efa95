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
import { lackingRight } from './explain-refusal.js';
import { limits } from './manifest.js';
import { userPath } from './odata.js';
import { probeWriting } from './probe-writing.js';
import { readPage } from './read-objects.js';
import type { Call, Sent, Session } from './session.js';

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testTenant(
  session: Session,
  connector: Pick<Connector, 'create' | 'update' | 'delete'>,
): Promise<TestReport> {
  const { say, take, report } = beginTest();
  const ask = (call: Omit<Call, 'method'>) => session.send({ method: 'GET', ...call });
  const { settings } = session;

  const [first, firstMs] = await timed(() => ask({ path: '/users', query: { $top: '1', $select: 'id' } }));
  if (!say('reach', reachVerdict(session, first), firstMs)) return report('Not reached.');
  if (!say('tls', tlsVerdict(session, first))) return report('Not reached.');
  if (!say('authenticate', authenticateVerdict(session, first))) return report('Not signed in.');

  const [domains, domainsMs] = await timed(async () =>
    domainsOf(await ask({ path: '/organization', query: { $select: 'id,displayName,verifiedDomains' } })),
  );
  say(
    'discover',
    domains.length > 0
      ? passed(`Users may be made in ${domains.join(', ')}.`)
      : skipped(
          'The domains of the tenant cannot be read: give the app Directory.Read.All to see them here.',
        ),
    domainsMs,
  );
  if (!say('read-users', usersVerdict(first), firstMs)) return report('Users cannot be read.');
  await take('find-user', async () => {
    const nobody = userPath(`${randomUUID()}@${domains[0] ?? 'example.com'}`);
    const { refused } = await ask({ path: nobody, query: { $select: 'id' }, object: true });
    if (refused && refused.kind !== 'not-found') return failed(refused.message, remedyOf(refused));
    return passed('Users are found by userPrincipalName.');
  });
  await take('read-groups', async () => {
    if (!settings.groups) return skipped('Groups are switched off for this connection.');
    const { refused } = await ask({ path: '/groups', query: { $top: '1', $select: 'id' } });
    if (refused) return failed(refused.message, groupsRemedy(refused));
    return passed('Groups can be read.');
  });
  await take('write-probe', () => {
    const domain = settings.probeDomain ?? domains[0];
    if (!settings.writeProbe) return notProbedWith(session);
    if (domain !== undefined) return probeWriting(connector, session, domain);
    return failed(
      'The domain of the test user is not known.',
      'Set the domain of the test user in the settings.',
    );
  });
  say('limits', passed(limits.join(' ')));
  return report();
}

function reachVerdict({ settings }: Session, sent: Sent): Verdict {
  const failure = sent.refused ? sent.failure : undefined;
  const hosts = `${new URL(settings.authority).host} and ${new URL(settings.graphUrl).host}`;
  if (!failure || failure.cause === 'tls') return passed(`${hosts} answer.`);
  const remedy =
    failure.cause === 'address'
      ? 'Allow the network in HUB_TARGET_NETWORKS, or correct the addresses in the settings.'
      : failure.cause === 'name'
        ? `Make ${hosts} known to the DNS the hub uses.`
        : `Let the hub through the firewall to ${hosts}, port 443.`;
  return failed(failure.message, remedy);
}

function tlsVerdict({ settings }: Session, sent: Sent): Verdict {
  if (sent.refused && sent.failure?.cause === 'tls')
    return failed(
      sent.failure.message,
      'A proxy that opens TLS stands between, or the address is wrong: give the authority of the proxy under trusted certificates.',
    );
  const encrypted = [settings.authority, settings.graphUrl].every((address) => address.startsWith('https:'));
  if (encrypted) return passed('The certificates are valid.');
  return skipped('An address is plain HTTP: secrets and personal data travel unencrypted.');
}

/** 403 is somebody who is signed in: that is for the steps that read. */
function authenticateVerdict(session: Session, sent: Sent): Verdict {
  const { roles } = session;
  if (sent.refused?.kind === 'denied' && sent.reply?.status !== 403)
    return failed(sent.refused.message, remedyOf(sent.refused));
  if (sent.refused && !sent.reply) return failed(sent.refused.message, 'Wait a while and test again.');
  if (roles === undefined) return passed('The credentials are accepted.');
  if (roles.length === 0)
    return failed(
      'The app is signed in and has no application permission.',
      'Add application permissions (not delegated ones) for Microsoft Graph to the app registration, and grant admin consent.',
    );
  return passed(`The credentials are accepted. The app holds ${roles.toSorted().join(', ')}.`);
}

function usersVerdict({ refused, reply }: Sent): Verdict {
  const status = reply?.status ?? 0;
  const another = 'Set the address of Microsoft Graph, with its version, as the cloud of the tenant has it.';
  if (refused) {
    const remedy = refused.kind !== 'denied' && status > 0 && status < 429 ? another : remedyOf(refused);
    return failed(refused.message, remedy);
  }
  if (!isObject(reply.body) || !Array.isArray(reply.body.value))
    return failed('The answer to /users is not a list as Microsoft Graph gives it.', another);
  return passed('Users can be read.');
}

function domainsOf(sent: Sent): string[] {
  const [organization] = sent.refused ? [] : (readPage(sent.reply.body)?.value ?? []);
  const list = Array.isArray(organization?.verifiedDomains)
    ? organization.verifiedDomains.filter(isObject)
    : [];
  const first = list.toSorted(
    (one, other) => Number(other.isDefault === true) - Number(one.isDefault === true),
  );
  return first.map(({ name }) => name).filter((name) => typeof name === 'string');
}

function notProbedWith({ roles, settings }: Session): Verdict {
  const lacking = [lackingRight(roles, 'user'), settings.groups ? lackingRight(roles, 'group') : undefined];
  const names = lacking.filter((each) => each !== undefined);
  const missing = names.length > 0 ? ` The app lacks ${names.join(' and ')}, so it can only read.` : '';
  return skipped(`${notProbed.message}${missing}`);
}

const groupsRemedy = (refused: Refusal): string =>
  refused.kind === 'denied'
    ? 'Give the app the application permission Group.ReadWrite.All and grant admin consent, or switch groups off in the settings.'
    : remedyOf(refused);

function remedyOf(refused: Refusal): string {
  if (refused.kind === 'retry') return 'Wait a while and test again.';
  return ('remedy' in refused && refused.remedy) || 'Check the settings of this connection.';
}
