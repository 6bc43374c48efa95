import type { Refusal, RemoteObject, TestReport } from '../../contract.js';
import {
  beginTest,
  failed,
  failedBy,
  passed,
  skipped,
  timed,
  type Verdict,
} from '../../graded-test/test-run.js';
import type { HttpFailure } from '../../http/exchange.js';
import { signInRequest } from './get-workers-request.js';
import { rightsRemedy } from './refusal.js';
import { openReport } from './report-stream.js';
import type { ReportWorkers } from './report-workers.js';
import type { Session } from './session.js';
import type { WorkdaySettings } from './settings.js';
import { asOf, type SoapWorkers } from './soap-workers.js';
import { rewriteEmail } from './write-back.js';

const sampleSize = 20;

const refusedVerdict = (refused: Refusal): Verdict =>
  failedBy(refused, 'Look at the answer above, then at the state of the tenant.');

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testTenant(workers: SoapWorkers, report?: ReportWorkers): Promise<TestReport> {
  const { session } = workers;
  const run = beginTest();

  const [hindrance, hindranceMs] = await timed(() => (report ? openAndClose(session) : signIn(session)));
  if (!run.say('reach', reachVerdict(session, hindrance?.failure), hindranceMs))
    return run.report('Not reached.');
  if (!run.say('tls', tlsVerdict(session, hindrance?.failure))) return run.report('Not reached.');
  if (hindrance?.refused.kind === 'rejected') {
    run.say('authenticate', skipped('Workday refused the request before it looked who asks.'));
    run.say('discover', refusedVerdict(hindrance.refused));
    return run.report('Nothing can be asked.');
  }
  if (hindrance) {
    run.say('authenticate', refusedVerdict(hindrance.refused));
    return run.report('Not signed in.');
  }
  run.say('authenticate', passed('Workday lets the hub sign in.'));

  const [sample, sampleMs] = await timed(() => (report ? sampleOfReport(report) : sampleOf(workers)));
  if ('refused' in sample) {
    run.say('discover', skipped('No workers could be read.'));
    run.say('read-users', refusedVerdict(sample.refused), sampleMs);
    run.say('find-user', skipped('No workers could be read.'));
  } else {
    run.say('discover', discoverVerdict(sample, session.settings));
    run.say('read-users', readVerdict(sample), sampleMs);
    await run.take('find-user', () => findVerdict(sample, workers, report));
  }
  run.say('read-groups', skipped('Workday is read for people alone.'));
  await run.take('write-probe', () => probeVerdict(workers, report !== undefined));
  run.say('limits', passed('Workday tells no limits. About ten calls a second have been seen to work.'));
  return run.report();
}

interface Hindrance {
  refused: Refusal;
  failure?: HttpFailure;
}

async function signIn(session: Session): Promise<Hindrance | undefined> {
  const request = signInRequest(new Date(session.now()).toISOString(), session.settings);
  const sent = await session.soap({ kind: 'read', request });
  return sent.refused ? { refused: sent.refused, failure: sent.failure } : undefined;
}

async function openAndClose(session: Session): Promise<Hindrance | undefined> {
  const opened = await openReport(session);
  if (opened.refused) return opened;
  opened.report.close();
  return undefined;
}

interface Sample {
  objects: RemoteObject[];
  total?: number;
}

async function sampleOf(workers: SoapWorkers): Promise<Sample | { refused: Refusal }> {
  const now = workers.stamp();
  const asked = await workers.ask({ ...asOf(now), count: sampleSize });
  if (asked.refused) return asked;
  const { profiles, results } = asked.value;
  return { objects: profiles.map((each) => workers.objectOf(each, now)), total: results.totalResults };
}

async function sampleOfReport(report: ReportWorkers): Promise<Sample | { refused: Refusal }> {
  const listed = await report.list({ limit: sampleSize });
  report.close();
  if (listed.kind !== 'ok') return { refused: listed as Refusal };
  const { objects, cutShort } = listed.value;
  if (objects.length > 0 || cutShort === undefined) return { objects };
  return { refused: { kind: 'rejected', code: 'report', message: cutShort } };
}

function reachVerdict(session: Session, failure: HttpFailure | undefined): Verdict {
  if (!failure || failure.cause === 'tls') return passed(`${new URL(session.base).host} answers.`);
  const remedy =
    failure.cause === 'name'
      ? 'Correct the web services host: it names the data centre of the tenant (wd2, wd3, wd5, impl).'
      : failure.cause === 'address'
        ? 'Allow the network in HUB_TARGET_NETWORKS, or correct the web services host.'
        : 'Check the web services host, and that a firewall lets the hub through.';
  return failed(failure.message, remedy);
}

function tlsVerdict(session: Session, failure: HttpFailure | undefined): Verdict {
  if (failure?.cause === 'tls')
    return failed(
      failure.message,
      'Workday has certificates of public authorities. Where a proxy replaces them, give its authority under trusted certificates.',
    );
  if (session.base.startsWith('https:')) return passed('The certificate is valid.');
  return skipped('The address is plain HTTP: credentials and personal data travel unencrypted.');
}

const parts: [name: string, attributes: string[], domain: string][] = [
  ['names', ['firstName', 'lastName', 'formattedName'], 'Worker Data: Public Worker Reports'],
  ['positions', ['title', 'positionTitle', 'location'], 'Worker Data: Current Staffing Information'],
  ['organisations', ['department', 'company', 'costCenter'], 'Worker Data: Organization Information'],
  ['managers', ['manager'], 'Worker Data: Current Staffing Information'],
  ['work contacts', ['workEmail', 'workPhone', 'workMobile'], 'Person Data: Work Contact Information'],
];

/** Workday leaves out what the user may not see, without a word. */
function discoverVerdict({ objects }: Sample, { mode, writeBack }: WorkdaySettings): Verdict {
  const report = mode === 'raas';
  if (objects.length === 0) return skipped('There is no worker to look at.');
  if (objects.every(({ active }) => active === undefined))
    return failed(
      'No worker comes with a status, so nobody can be told from a leaver.',
      report
        ? 'Give the report columns hireDate, lastDay and active, or name yours in reportColumns.'
        : 'Give the security group Get on Worker Data: Current Staffing Information, then activate the change.',
    );
  if (report && writeBack && objects.some(({ attributes }) => attributes.wid === undefined))
    return failed(
      'Workers of the report come without a WID, and what is written back is addressed by it.',
      'Give the report a column wid with the Workday ID, or name yours in reportColumns.',
    );
  const missing = parts.filter(([, names]) =>
    objects.every(({ attributes }) => names.every((name) => attributes[name] === undefined)),
  );
  if (missing.length === 0) return passed('Workers come with all parts.');
  const list = missing.map(([name, , domain]) => (report ? name : `${name} (${domain})`)).join(', ');
  return passed(
    `Of ${objects.length} workers none has ${list}. If they should, the user lacks ${report ? 'columns in the report' : 'a domain'}.`,
  );
}

const readVerdict = ({ objects, total }: Sample): Verdict =>
  objects.length === 0
    ? failed('No worker is seen.', rightsRemedy)
    : passed(total === undefined ? 'The report gives workers.' : `Workday shows ${total} workers.`);

async function findVerdict(
  { objects }: Sample,
  workers: SoapWorkers,
  report?: ReportWorkers,
): Promise<Verdict> {
  const workerId = objects.map(({ attributes }) => attributes.workerId).find((id) => typeof id === 'string');
  if (workerId === undefined) return skipped('No worker of the sample has a worker id.');
  const advice = 'Workers must be seen with their Employee_ID or Contingent_Worker_ID.';
  if (report) {
    const found = await report.find('workerId', workerId);
    if (found.kind === 'ok' && found.value.length > 0) return passed('A worker is found by worker id.');
    return failed(`Worker ${workerId} of the list is not found in the report.`, advice);
  }
  const found = await workers.byWorkerId(workerId);
  if (found.refused) return refusedVerdict(found.refused);
  if (found.value) return passed('A worker is found by worker id.');
  return failed(`Worker ${workerId} of the list is not found by this id.`, advice);
}

async function probeVerdict(workers: SoapWorkers, report: boolean): Promise<Verdict> {
  const { session } = workers;
  const { probeWorkerId, writeBack } = session.settings;
  if (!writeBack) return skipped('Writing back is switched off.');
  if (probeWorkerId === undefined) {
    const hindrance = report ? await signIn(session) : undefined;
    if (hindrance) return refusedVerdict(hindrance.refused);
    return skipped('Nothing is written in tests: see "Worker for write tests" in the settings.');
  }
  const found = await workers.byWorkerId(probeWorkerId);
  if (found.refused) return refusedVerdict(found.refused);
  if (!found.value)
    return failed(
      `There is no worker ${probeWorkerId}.`,
      'Correct the worker for write tests in the settings.',
    );
  const written = await rewriteEmail(workers, found.value.wid);
  if (written.kind === 'ok') return passed('The work e-mail of the test worker was written once more.');
  return refusedVerdict(written as Refusal);
}
