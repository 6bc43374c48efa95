import { afterEach, expect, it } from 'vitest';
import { describeOnBothQueues, waitFor } from '../harness/index.js';
import { Stage } from './stage.js';

const manager = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describeOnBothQueues('what refers to somebody who is not at the target yet', (startQueueServer) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  it('waits, holds up nothing else, and is repaired when they arrive', async () => {
    const queue = await startQueueServer();
    cleanUp.push(() => queue.stop());
    const stage = await Stage.open({
      redisUrl: queue.redisUrl,
      scope: { rule: 'userType eq "Employee"' },
      faults: { unknownMember: 'unnamed' },
    });
    cleanUp.push(() => stage.close());
    const { source, target } = stage;

    const boss = await source.createUser('boss@example.com', { userType: 'Contractor' });
    const ada = await source.createUser('ada@example.com', {
      userType: 'Employee',
      [manager]: { manager: { value: boss } },
    });
    const bob = await source.createUser('bob@example.com', { userType: 'Contractor' });
    await source.createGroup('Team', [ada, bob, boss]);
    await waitFor(async () => (await target.report()).groups[0]?.members.length === 1, {
      what: 'the group with its first member',
    });
    await stage.settled(4);
    let report = await target.report();
    expect(report.accounts.map(({ userName }) => userName)).toEqual(['ada@example.com']);
    expect(report.accounts[0]![manager]?.manager).toBeUndefined();

    for (const id of [bob, boss]) {
      await source.patch('Users', id, { op: 'replace', path: 'userType', value: 'Employee' });
    }
    await waitFor(
      async () => {
        report = await target.report();
        const adaThere = report.accounts.find(({ userName }) => userName === 'ada@example.com');
        return report.groups[0]!.members.length === 3 && adaThere?.[manager]?.manager;
      },
      { what: 'members and manager to be repaired' },
    );
    await stage.settled(4);
    report = await stage.expectEachOnce();
    const remote = new Map(report.accounts.map(({ userName, id }) => [userName, id]));
    expect(report.groups[0]!.members.map(({ value }) => value).sort()).toEqual([...remote.values()].sort());
    const adaThere = report.accounts.find(({ userName }) => userName === 'ada@example.com')!;
    expect(adaThere[manager].manager.value).toBe(remote.get('boss@example.com'));
    expect(report.calls.filter(({ status }) => status === 400)).toEqual([]);
  });
});
