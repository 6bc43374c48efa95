import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorModule } from '@rollcall/connectors';
import { Attribute, Change, Client } from 'ldapts';
import { startSlapdIn } from '../harness/slapd-server.js';
import { compare, type Comparison } from './compare.js';
import { timedLanes } from './timed-lanes.js';

const atOnce = 8;

/**
 * The LDAP connector beside a bare loop of the same calls over as many connections: accounts that are added, and one
 * attribute that is changed, in a real slapd with each write on disk before its answer.
 */
export async function ldap(accounts = 2_000): Promise<Comparison[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  const slapd = await startSlapdIn(folder, { durable: true }, () => Promise.resolve(() => undefined));
  const connector = connectorModule('ldap')!.open(
    {
      url: slapd.url,
      security: 'none',
      userBase: slapd.people,
      groupBase: slapd.groups,
      connections: atOnce,
    },
    slapd.service,
    { userAgent: 'rollcall-bench' },
  );
  const clients = await Promise.all(
    Array.from({ length: atOnce }, async () => {
      const client = new Client({ url: slapd.url });
      await client.bind(slapd.service.bindDn, slapd.service.password);
      return client;
    }),
  );
  try {
    let round = 0;
    const ids: string[] = [];
    const names: string[] = [];
    const context = { operationId: 'bench', attempt: 1, mode: 'live' as const };
    const person = (uid: string) => ({
      uid,
      cn: uid,
      sn: uid,
      mail: `${uid}@example.org`,
      title: 'Engineer',
    });
    const added = await compare(`adding ${accounts} accounts to OpenLDAP, ${atOnce} at once`, 0.5, 3, {
      ours: () =>
        timedLanes(atOnce, accounts, async (at) => {
          if (at === 0) round += 1;
          const outcome = await connector.create('user', person(`ours-${round}-${at}`), context);
          if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
          ids.push(outcome.value.id);
        }),
      bare: () => {
        const mine = round;
        return timedLanes(atOnce, accounts, async (at, lane) => {
          const uid = `bare-${mine}-${at}`;
          const dn = `uid=${uid},${slapd.people}`;
          await clients[lane]!.add(dn, { objectClass: 'inetOrgPerson', ...person(uid) });
          names.push(dn);
        });
      },
    });
    const changed = await compare(`changing ${accounts} accounts in OpenLDAP, ${atOnce} at once`, 0.5, 3, {
      ours: () => {
        const title = `T${(round += 1)}`;
        return timedLanes(atOnce, accounts, async (at) => {
          const delta = [{ op: 'set' as const, attribute: 'title', value: title }];
          const outcome = await connector.update('user', ids[at]!, delta, context);
          if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
        });
      },
      bare: () => {
        const modification = new Attribute({ type: 'title', values: [`B${(round += 1)}`] });
        const change = new Change({ operation: 'replace', modification });
        return timedLanes(atOnce, accounts, (at, lane) => clients[lane]!.modify(names[at]!, change));
      },
    });
    return [added, changed];
  } finally {
    await Promise.all(clients.map((client) => client.unbind()));
    await connector.close();
    await slapd.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
