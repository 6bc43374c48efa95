import { randomUUID } from 'node:crypto';
import { isObject } from '@rollcall/scim';
import type { Connector, TestReport, TestStep } from '../../contract.js';
import { lackingRight } from './explain-refusal.js';
import { limits } from './manifest.js';
import { userPath } from './odata.js';
import { probeWriting } from './probe-writing.js';
import { readPage } from './read-objects.js';
import type { Refusal } from './refusal.js';
import type { Call, Sent, Session } from './session.js';

type Verdict = Omit<TestStep, 'step' | 'durationMs'>;
type Step = TestStep['step'];

const later: Step[] = ['discover', 'read-users', 'find-user', 'read-groups', 'write-probe', 'limits'];

const passed = (message: string): Verdict => ({ status: 'passed', message });
const skipped = (message: string): Verdict => ({ status: 'skipped', message });
const failed = (message: string, remedy: string): Verdict => ({ status: 'failed', message, remedy });

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testTenant(
  session: Session,
  connector: Pick<Connector, 'create' | 'update' | 'delete'>,
): Promise<TestReport> {
  const steps: TestStep[] = [];
  const add = (step: Step, verdict: Verdict, durationMs = 0) => steps.push({ step, ...verdict, durationMs });
  const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const from = performance.now();
    return [await work(), Math.round(performance.now() - from)];
  };
  const ask = (call: Omit<Call, 'method'>) => timed(() => session.send({ method: 'GET', ...call }));
  const report = (): TestReport => ({ ok: steps.every(({ status }) => status !== 'failed'), steps });
  const { settings } = session;

  const [first, firstMs] = await ask({ path: '/users', query: { $top: '1', $select: 'id' } });
  const reach = reachVerdict(session, first);
  add('reach', reach, firstMs);
  const tls = reach.status === 'passed' ? tlsVerdict(session, first) : skipped('Not reached.');
  add('tls', tls);
  if (reach.status === 'failed' || tls.status === 'failed') {
    for (const step of ['authenticate', ...later] as const) add(step, skipped('Not reached.'));
    return report();
  }
  const authenticate = authenticateVerdict(session, first);
  add('authenticate', authenticate);
  if (authenticate.status === 'failed') {
    for (const step of later) add(step, skipped('Not signed in.'));
    return report();
  }

  const [tenant, tenantMs] = await ask({
    path: '/organization',
    query: { $select: 'id,displayName,verifiedDomains' },
  });
  const domains = domainsOf(tenant);
  add(
    'discover',
    domains.length > 0
      ? passed(`Users may be made in ${domains.join(', ')}.`)
      : skipped(
          'The domains of the tenant cannot be read: give the app Directory.Read.All to see them here.',
        ),
    tenantMs,
  );
  const read = usersVerdict(first);
  add('read-users', read, firstMs);
  if (read.status === 'failed') {
    for (const step of later.slice(2)) add(step, skipped('Users cannot be read.'));
    return report();
  }

  const nobody = userPath(`${randomUUID()}@${domains[0] ?? 'example.com'}`);
  const [found, foundMs] = await ask({ path: nobody, query: { $select: 'id' }, object: true });
  const finds = !found.refused || found.refused.kind === 'not-found';
  add(
    'find-user',
    finds
      ? passed('Users are found by userPrincipalName.')
      : failed(found.refused!.message, remedyOf(found.refused!)),
    foundMs,
  );

  if (settings.groups) {
    const [groups, groupsMs] = await ask({ path: '/groups', query: { $top: '1', $select: 'id' } });
    add(
      'read-groups',
      groups.refused
        ? failed(groups.refused.message, groupsRemedy(groups.refused))
        : passed('Groups can be read.'),
      groupsMs,
    );
  } else {
    add('read-groups', skipped('Groups are switched off for this connection.'));
  }

  const domain = settings.probeDomain ?? domains[0];
  if (!settings.writeProbe) add('write-probe', skipped(notProbed(session)));
  else if (domain === undefined)
    add(
      'write-probe',
      failed('The domain of the test user is not known.', 'Set the domain of the test user in the settings.'),
    );
  else {
    const [probed, probedMs] = await timed(() => probeWriting(connector, session, domain));
    add('write-probe', probed, probedMs);
  }
  add('limits', passed(limits.join(' ')));
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
  const [organization] = sent.refused ? [] : readPage(sent.reply.body).value;
  const list = Array.isArray(organization?.verifiedDomains)
    ? organization.verifiedDomains.filter(isObject)
    : [];
  const first = list.toSorted(
    (one, other) => Number(other.isDefault === true) - Number(one.isDefault === true),
  );
  return first.map(({ name }) => name).filter((name) => typeof name === 'string');
}

function notProbed({ roles, settings }: Session): string {
  const lacking = [lackingRight(roles, 'user'), settings.groups ? lackingRight(roles, 'group') : undefined];
  const names = lacking.filter((each) => each !== undefined);
  const missing = names.length > 0 ? ` The app lacks ${names.join(' and ')}, so it can only read.` : '';
  return `Nothing is written in tests: see "Write in tests" in the settings.${missing}`;
}

const groupsRemedy = (refused: Refusal): string =>
  refused.kind === 'denied'
    ? 'Give the app the application permission Group.ReadWrite.All and grant admin consent, or switch groups off in the settings.'
    : remedyOf(refused);

function remedyOf(refused: Refusal): string {
  if (refused.kind === 'retry') return 'Wait a while and test again.';
  return ('remedy' in refused && refused.remedy) || 'Check the settings of this connection.';
}
