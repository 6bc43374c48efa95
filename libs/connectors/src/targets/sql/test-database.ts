import { randomUUID } from 'node:crypto';
import type { SubjectType, TestReport } from '../../contract.js';
import {
  beginTest,
  failed,
  failedBy,
  passed,
  skipped,
  type Step,
  timed,
  type Verdict,
} from '../../graded-test/test-run.js';
import type { Connection } from './connection.js';
import { OpeningFailed } from './reach-server.js';
import { openingRefusal, Refused } from './refusals.js';
import type { Session, Work } from './session.js';
import { hasGroups } from './settings.js';
import { sql } from './sql-fragment.js';
import type { SqlTarget } from './sql-target.js';

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testDatabase(session: Session, target: SqlTarget): Promise<TestReport> {
  const { trials } = target;
  const work: Work = { calls: [], changed: false };
  const { say, take, report } = beginTest(verdictOf);

  const [opened, openedMs] = await timed(() => session.open().catch((error: unknown) => error as Error));
  for (const [step, verdict] of openingVerdicts(session, opened))
    if (!say(step, verdict, openedMs))
      return report(step === 'authenticate' ? 'Not signed in.' : 'Not reached.');
  await (opened as Connection).close();

  const described = await take('discover', async () => passed(await trials.describe(work)));
  if (!described) return report('What the settings name is not there.');
  const readable = await take('read-users', () => countVerdict(target, 'user', work));
  if (!readable) return report('The accounts cannot be read.');
  await take('find-user', async () => {
    const attribute = await trials.searchable(work);
    if (attribute === undefined)
      return failed('There is no statement that looks for accounts.', 'Give statements.findUser.');
    await target.find('user', { attribute, value: randomUUID() }, work);
    return passed(`Accounts are found by ${attribute}.`);
  });
  await take('read-groups', () =>
    hasGroups(session.settings)
      ? countVerdict(target, 'group', work)
      : skipped('Groups are not set up for this connection.'),
  );
  await take('write-probe', () => writeVerdict(session, target, work));
  await take('limits', () => limitVerdict(session, work));
  return report();
}

function openingVerdicts({ settings }: Session, opened: Connection | Error): [Step, Verdict][] {
  const stage = opened instanceof OpeningFailed ? opened.stage : undefined;
  const refusal = opened instanceof Error ? openingRefusal(opened) : undefined;
  const message = refusal?.message ?? '';
  const unreachable: Record<string, string> = {
    name: 'Correct the name of the server, or make it known to the DNS the hub uses.',
    address: 'Allow the network in HUB_TARGET_NETWORKS, or correct the server.',
    reach:
      'Check server and port, that it listens beyond its own machine, and that a firewall lets the hub through.',
  };
  if (refusal && stage !== 'tls' && stage !== 'sign-in')
    return [['reach', failed(message, unreachable[stage ?? 'reach']!)]];
  const reach: [Step, Verdict] = ['reach', passed(`${settings.host}:${settings.port} answers.`)];
  if (stage === 'tls') {
    const advice =
      'Give the authority of its certificate under trusted certificates, the name in it where it differs from the server, or choose another encryption.';
    return [reach, ['tls', failed(message, advice)]];
  }
  const tls: [Step, Verdict] = [
    'tls',
    settings.security === 'none'
      ? skipped('Encryption is off: passwords and personal data travel unencrypted.')
      : passed('The certificate is valid.'),
  ];
  if (refusal) {
    const advice = 'Check user, password and database, and the log of the server.';
    return [reach, tls, ['authenticate', failedBy(refusal, advice)]];
  }
  return [reach, tls, ['authenticate', passed('The user is signed in.')]];
}

async function countVerdict({ trials }: SqlTarget, type: SubjectType, work: Work): Promise<Verdict> {
  const what = type === 'user' ? 'accounts' : 'groups';
  const counted = await trials.count(type, work);
  if (!counted) return skipped(`No statement lists ${what}.`);
  const { seen, more } = counted;
  return passed(more ? `At least ${seen} ${what} can be read.` : `There are ${seen} ${what}.`);
}

async function writeVerdict(session: Session, { trials }: SqlTarget, work: Work): Promise<Verdict> {
  const { rows } = await session.run(
    work,
    session.dialect.name === 'postgresql'
      ? sql`select case when current_setting('transaction_read_only') = 'on' then 1 else 0 end as read_only`
      : sql`select @@global.read_only as read_only`,
  );
  if (Number(rows[0]!.read_only) === 1)
    return failed('The server takes no changes: it is a copy, or set read-only.', 'Give the main server.');
  return trials.write(work);
}

async function limitVerdict(session: Session, work: Work): Promise<Verdict> {
  const { dialect, settings } = session;
  const { rows } = await session.run(
    work,
    dialect.name === 'postgresql'
      ? sql`select current_setting('max_connections') as most, current_setting('server_version') as version`
      : sql`select @@max_connections as most, version() as version`,
  );
  const { most, version } = rows[0]!;
  if (Number(most) <= settings.connections)
    return failed(
      `The server takes ${String(most)} connections, and this connection may open ${settings.connections}.`,
      'Lower "Connections" in the settings, or raise max_connections at the server.',
    );
  return passed(
    `Version ${String(version)}, ${String(most)} connections at most, of which this connection opens up to ${settings.connections}.`,
  );
}

function verdictOf(error: unknown): Verdict {
  if (!(error instanceof Refused)) throw error;
  return failedBy(error.refusal, 'Check the settings of the connection, then the state of the server.');
}
