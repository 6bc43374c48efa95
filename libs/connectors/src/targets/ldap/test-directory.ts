import { randomUUID } from 'node:crypto';
import type { Outcome, Refusal, RemoteObject, SubjectType, TestReport } from '../../contract.js';
import { beginTest, failed, passed, skipped, type Verdict } from '../../graded-test/test-run.js';
import { activeValues } from './active-state.js';
import { attributesAllowed } from './directory-schema.js';
import { findEntries } from './read-entries.js';
import { Refused } from './result-codes.js';
import { noBase } from './refusals.js';
import { newWork } from './server-link.js';
import type { Session } from './session.js';
import { tryOpening, verdictOf } from './test-steps.js';

const mostCounted = 5_000;

export interface ProbeTools {
  create(attributes: Record<string, string>): Promise<Outcome<RemoteObject>>;
  delete(id: string): Promise<Outcome<void>>;
}

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testDirectory(session: Session, tools: ProbeTools): Promise<TestReport> {
  const run = beginTest(verdictOf);
  const { take, report } = run;
  const notOpened = await tryOpening(session, run);
  if (notOpened !== undefined) return report(notOpened);
  await take('discover', () => schemaVerdict(session));
  const counts: Partial<Record<SubjectType, Count>> = {};
  const readable = await take('read-users', async () => {
    counts.user = await count(session, 'user');
    return countVerdict(counts.user, 'accounts');
  });
  if (!readable) return report('The accounts cannot be read.');
  await take('find-user', async () => {
    const key = { attribute: session.settings.userRdn, value: randomUUID() };
    await findEntries(session, 'user', key, newWork());
    return passed(`Accounts are found by ${session.settings.userRdn}.`);
  });
  await take('read-groups', async () => {
    if (!session.settings.groups) return skipped('Groups are switched off for this connection.');
    counts.group = await count(session, 'group');
    return countVerdict(counts.group, 'groups');
  });
  await take('write-probe', () => writeVerdict(session, tools));
  await take('limits', () => limitVerdict(counts));
  return report();
}

async function schemaVerdict(session: Session): Promise<Verdict> {
  const { settings } = session;
  const schema = await session.schema(newWork());
  const classes = [...settings.userObjectClasses, ...(settings.groups ? [settings.groupObjectClass] : [])];
  const { unknown } = attributesAllowed(schema, classes);
  if (unknown.length > 0)
    return failed(
      `The schema has no object class ${unknown.join(', ')}.`,
      'Load that schema at the server (nis for POSIX accounts), or choose other object classes.',
    );
  const standing = activeValues(false, settings);
  if (standing && !schema.attributes.has(standing.attribute.toLowerCase()))
    return failed(
      `The schema has no attribute ${standing.attribute}, by which accounts would be disabled.`,
      standing.attribute === 'pwdAccountLockedTime'
        ? 'Load the ppolicy overlay at the server, or choose another way in "Accounts are disabled by".'
        : 'Correct the attribute, or choose another way in "Accounts are disabled by".',
    );
  return passed('The schema has all object classes and attributes that are needed.');
}

interface Count {
  seen: number;
  more: boolean;
  stopped?: Refusal;
}

async function count(session: Session, type: SubjectType): Promise<Count> {
  const result: Count = { seen: 0, more: false };
  for (const base of session.basesOf(type)) {
    const call = session.call('SEARCH', base, { filter: session.filterOf(type) });
    try {
      await session.run({ work: newWork(), call }, async (client) => {
        const pages = client.searchPaginated(base, {
          filter: session.filterOf(type),
          attributes: ['1.1'],
          paged: { pageSize: session.settings.pageSize },
        });
        for await (const { searchEntries } of pages) {
          result.seen += searchEntries.length;
          result.more = result.seen >= mostCounted;
          if (result.more) break;
        }
      });
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 4) throw baseMissing(error, base);
      result.stopped = error.refusal;
    }
  }
  return result;
}

function baseMissing(error: unknown, base: string): unknown {
  if (!(error instanceof Refused) || error.code !== 32) return error;
  return new Refused(noBase(base));
}

const countVerdict = ({ seen, more, stopped }: Count, what: string): Verdict =>
  passed(more || stopped ? `At least ${seen} ${what} can be read.` : `The directory holds ${seen} ${what}.`);

async function writeVerdict(session: Session, { create, delete: remove }: ProbeTools): Promise<Verdict> {
  const { writeProbe, userRdn } = session.settings;
  if (!writeProbe)
    return skipped('Nothing was written. Turn on "Write in tests" to see whether accounts can be made.');
  const name = `rollcall-probe-${randomUUID()}`;
  const outcome = await create({ uid: name, cn: name, sn: 'Probe', [userRdn]: name });
  if (outcome.kind !== 'ok')
    return 'message' in outcome
      ? verdictOf(new Refused(outcome))
      : failed('No account was made.', 'Look into the log of the server.');
  const removed = await remove(outcome.value.id);
  if (removed.kind === 'ok') return passed('An account was made and deleted again.');
  return failed(
    `The account ${name} was made and could not be deleted.`,
    'Give the service account the right to delete, and delete that account.',
  );
}

function limitVerdict({ user, group }: Partial<Record<SubjectType, Count>>): Verdict {
  const stopped = [user, group].find((each) => each?.stopped);
  if (stopped)
    return failed(
      `The server stops in the page after ${stopped.seen} entries (size limit), paged or not.`,
      'Raise it for the service account: olcLimits with size.soft, size.hard and size.prtotal unlimited.',
    );
  return passed(
    user?.more
      ? `No size limit up to ${user.seen} entries.`
      : 'Everything there is can be read; whether a size limit lies above that shows only with more entries.',
  );
}
