import { randomUUID } from 'node:crypto';
import { isObject } from '@rollcall/scim';
import type { Connector, TestReport, TestStep } from '../../contract.js';
import type { HttpFailure } from '../../http/exchange.js';
import { manifest } from './manifest.js';
import { probeWriting } from './probe-writing.js';
import { getCall } from './read-call.js';
import type { Refusal } from './refusal.js';
import type { Sent, Session, SignedIn } from './session.js';

type Verdict = Omit<TestStep, 'step' | 'durationMs'>;
type Step = TestStep['step'];

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

const passed = (message: string): Verdict => ({ status: 'passed', message });
const skipped = (message: string): Verdict => ({ status: 'skipped', message });
const failed = (message: string, remedy: string): Verdict => ({ status: 'failed', message, remedy });

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testAccount(
  session: Session,
  connector: Pick<Connector, 'create' | 'update' | 'delete'>,
): Promise<TestReport> {
  const { settings } = session;
  const steps: TestStep[] = [];
  const add = (step: Step, verdict: Verdict, durationMs = 0) => steps.push({ step, ...verdict, durationMs });
  const report = (why?: string): TestReport => {
    if (why !== undefined) for (const step of order.slice(steps.length)) add(step, skipped(why));
    return { ok: steps.every(({ status }) => status !== 'failed'), steps };
  };
  const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const from = performance.now();
    return [await work(), Math.round(performance.now() - from)];
  };
  const get = (path: string, query?: Record<string, string>) =>
    timed(() => session.send({ method: 'GET', path, query, wantsBody: true }));
  const { customer } = settings;

  const [signedIn, signedInMs] = await timed(() => session.signIn());
  const [users, usersMs] = await get('/users', { customer, maxResults: '1' });
  const failure = ('failure' in signedIn && signedIn.failure) || ('failure' in users && users.failure);
  if (failure && failure.cause !== 'tls') {
    add('reach', failed(failure.message, reachRemedy(failure)), signedInMs);
    return report('Not reached.');
  }
  add('reach', passed('The API and the place tokens come from answer.'), signedInMs);
  if (failure) {
    const remedy =
      'Certificates are signed by somebody else than Google’s authority, as by a proxy that looks into TLS: give its certificate under trusted certificates.';
    add('tls', failed(failure.message, remedy));
    return report('Not reached.');
  }
  const plain = [settings.baseUrl, settings.tokenUrl].some((url) => url.startsWith('http:'));
  add(
    'tls',
    plain ? skipped('Plain HTTP: secrets travel unencrypted.') : passed('The certificates are valid.'),
  );
  const authenticate = authenticateVerdict(signedIn, users);
  add('authenticate', authenticate, signedInMs);
  if (authenticate.status === 'failed') return report('Not signed in.');

  const [schemas, schemasMs] = await get(`/customer/${encodeURIComponent(customer)}/schemas`);
  add('discover', discoverVerdict(schemas), schemasMs);
  const read = listVerdict(users, 'users');
  add('read-users', read, usersMs);
  if (read.status === 'failed') return report('Users cannot be read.');

  const nobody = `rollcall-${randomUUID()}@${settings.domain}`;
  const [found, foundMs] = await timed(() => session.send(getCall('user', nobody)));
  add('find-user', findVerdict(found, settings.domain), foundMs);
  if (settings.groups) {
    const [groups, groupsMs] = await get('/groups', { customer, maxResults: '1' });
    add('read-groups', listVerdict(groups, 'groups'), groupsMs);
  } else {
    add('read-groups', skipped('Groups are switched off for this connection.'));
  }
  if (settings.writeProbe) {
    const [probed, probedMs] = await timed(() => probeWriting(connector, session));
    add('write-probe', probed, probedMs);
  } else {
    add('write-probe', skipped('Nothing is written in tests: see "Write in tests" in the settings.'));
  }
  add('limits', passed(manifest.limits![0]!));
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
