import { randomUUID } from 'node:crypto';
import type { Connector, SubjectType, TestReport } from '../../contract.js';
import { beginTest, failed, passed, skipped, type Verdict } from '../../graded-test/test-run.js';
import { noBase } from '../ldap/refusals.js';
import { isCode, Refused, resultCode } from '../ldap/result-codes.js';
import { newWork } from '../ldap/server-link.js';
import { tryOpening, verdictOf } from '../ldap/test-steps.js';
import { capability, type Domain } from './domain.js';
import { findObjects } from './read-objects.js';

const mostCounted = 5_000;

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testDomain(
  domain: Domain,
  connector: Pick<Connector, 'create' | 'update' | 'delete'>,
): Promise<TestReport> {
  const run = beginTest(verdictOf);
  const { take, report } = run;
  const notOpened = await tryOpening(domain, run);
  if (notOpened !== undefined) return report(notOpened);
  if (!(await take('discover', () => domainVerdict(domain)))) return report('This is no domain controller.');
  const counts: Partial<Record<SubjectType, Count>> = {};
  const readable = await take('read-users', async () => {
    counts.user = await count(domain, 'user');
    return countVerdict(counts.user, 'accounts');
  });
  if (!readable) return report('The accounts cannot be read.');
  await take('find-user', async () => {
    await findObjects(domain, 'user', { attribute: 'userPrincipalName', value: randomUUID() }, newWork());
    return passed('Accounts are found by userPrincipalName.');
  });
  await take('read-groups', async () => {
    if (!domain.settings.groups) return skipped('Groups are switched off for this connection.');
    counts.group = await count(domain, 'group');
    return countVerdict(counts.group, 'groups');
  });
  await take('write-probe', () => writeVerdict(domain, connector));
  await take('limits', () => limitVerdict(domain));
  return report();
}

async function domainVerdict(domain: Domain): Promise<Verdict> {
  const { capabilities, domain: name } = await domain.facts(newWork());
  if (!capabilities.has(capability.activeDirectory))
    return failed(
      'The server is no domain controller of Active Directory.',
      'Give the address of one, or use the LDAP connector for this server.',
    );
  if (capabilities.has(capability.readOnlyCopy))
    return failed(
      'This is a read-only domain controller: it takes no changes.',
      'Give the address of one that does.',
    );
  return passed(`A domain controller of ${name}.`);
}

interface Count {
  seen: number;
  more: boolean;
}

async function count(domain: Domain, type: SubjectType): Promise<Count> {
  const result: Count = { seen: 0, more: false };
  for (const base of domain.basesOf(type)) {
    const filter = domain.filterOf(type);
    const call = domain.call('SEARCH', base, { filter });
    try {
      await domain.run({ work: newWork(), call }, async (client) => {
        const pages = client.searchPaginated(base, {
          filter,
          attributes: ['1.1'],
          paged: { pageSize: domain.settings.pageSize },
        });
        for await (const { searchEntries } of pages) {
          result.seen += searchEntries.length;
          result.more = result.seen >= mostCounted;
          if (result.more) break;
        }
      });
    } catch (error) {
      throw isCode(error, resultCode.noSuchObject) ? new Refused(noBase(base), error.code) : error;
    }
  }
  return result;
}

const countVerdict = ({ seen, more }: Count, what: string): Verdict =>
  passed(more ? `At least ${seen} ${what} can be read.` : `There are ${seen} ${what}.`);

async function writeVerdict(
  { settings }: Domain,
  connector: Pick<Connector, 'create' | 'update' | 'delete'>,
): Promise<Verdict> {
  if (!settings.writeProbe)
    return skipped('Nothing was written. Turn on "Write in tests" to see whether accounts can be made.');
  const context = { operationId: 'test', attempt: 1, mode: 'live' as const };
  const cn = `rollcall-probe-${randomUUID()}`;
  const created = await connector.create('user', { cn, sAMAccountName: cn.slice(9, 29) }, context);
  if (created.kind !== 'ok')
    return 'message' in created
      ? verdictOf(new Refused(created))
      : failed('No account was made.', 'Look into the event log of the domain controller.');
  const { id } = created.value;
  const disabled = await connector.update(
    'user',
    id,
    [{ op: 'set', attribute: 'active', value: false }],
    context,
  );
  const removed = await connector.delete('user', id, context);
  if (removed.kind !== 'ok')
    return failed(
      `The account ${cn} was made and could not be deleted.`,
      'Give the service account the right to delete, and delete that account.',
    );
  if (disabled.kind !== 'ok')
    return 'message' in disabled
      ? verdictOf(new Refused(disabled))
      : failed('The account was not disabled.', 'Look into the event log of the domain controller.');
  return passed('An account was made, disabled and deleted again.');
}

const limitVerdict = ({ settings: { pageSize, membersPerRead } }: Domain): Verdict =>
  passed(`Lists are read ${pageSize} entries at a time, members ${membersPerRead}.`);
