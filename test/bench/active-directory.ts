import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorModule } from '@rollcall/connectors';
import { Attribute, Change, Client } from 'ldapts';
import { startSambaIn } from '../harness/samba-server.js';
import { compare, type Comparison } from './compare.js';
import { timedLanes } from './timed-lanes.js';

const atOnce = 8;

/**
 * The Active Directory connector beside a bare loop of the same calls over as many LDAPS connections: accounts that are
 * added with a password, one attribute that is changed, and members that are added to a group one by one.
 */
export async function activeDirectory(accounts = 400): Promise<Comparison[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  const samba = await startSambaIn(join(folder, 'domain'), folder, () => Promise.resolve(() => undefined), {
    durable: true,
  });
  const connector = connectorModule('active-directory')!.open(
    {
      url: samba.ldapsUrl,
      caCertificates: samba.certificate,
      userBase: samba.people,
      groupBase: samba.groups,
      connections: atOnce,
    },
    samba.service,
    { userAgent: 'rollcall-bench' },
  );
  const clients = await Promise.all(
    Array.from({ length: atOnce }, async () => {
      const client = new Client({ url: samba.ldapsUrl, tlsOptions: { ca: samba.certificate } });
      await client.bind(samba.service.user, samba.service.password);
      return client;
    }),
  );
  try {
    let round = 0;
    const ids: string[] = [];
    const names: string[] = [];
    const context = { operationId: 'bench', attempt: 1, mode: 'live' as const };
    const password = 'Correct-Horse-1';
    const person = (cn: string) => ({
      cn,
      sAMAccountName: cn,
      userPrincipalName: `${cn}@ad.example.test`,
      mail: `${cn}@example.test`,
      title: 'Engineer',
    });
    const added = await compare(`adding ${accounts} accounts to Samba, ${atOnce} at once`, 0.5, 3, {
      ours: () =>
        timedLanes(atOnce, accounts, async (at) => {
          const attributes = { ...person(`ours-${round}-${at}`), unicodePwd: password };
          const outcome = await connector.create('user', attributes, context);
          if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
          ids.push(outcome.value.id);
        }),
      bare: () => {
        const mine = (round += 1);
        const unicodePwd = Buffer.from(`"${password}"`, 'utf16le');
        return timedLanes(atOnce, accounts, async (at, lane) => {
          const cn = `bare-${mine}-${at}`;
          const dn = `CN=${cn},${samba.people}`;
          const attributes = Object.entries({
            objectClass: 'user',
            userAccountControl: '512',
            ...person(cn),
          });
          await clients[lane]!.add(dn, [
            ...attributes.map(([type, each]) => new Attribute({ type, values: [each] })),
            new Attribute({ type: 'unicodePwd', values: [unicodePwd] }),
          ]);
          names.push(dn);
        });
      },
    });
    const changed = await compare(`changing ${accounts} accounts in Samba, ${atOnce} at once`, 0.5, 3, {
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
    const grown = await compare(`adding ${accounts} members to a group in Samba, one by one`, 0.5, 3, {
      ours: async () => {
        const made = await connector.create('group', { cn: `ours-${(round += 1)}` }, context);
        if (made.kind !== 'ok') throw new Error(JSON.stringify(made));
        return timedLanes(atOnce, accounts, async (at) => {
          const add = [{ id: ids[at]!, type: 'user' as const }];
          const outcome = await connector.members(made.value.id, { add, remove: [] }, context);
          if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
        });
      },
      bare: async () => {
        const group = `CN=bare-${(round += 1)},${samba.groups}`;
        await clients[0]!.add(group, { objectClass: 'group' });
        return timedLanes(atOnce, accounts, (at, lane) => {
          const modification = new Attribute({ type: 'member', values: [names[at]!] });
          return clients[lane]!.modify(group, new Change({ operation: 'add', modification }));
        });
      },
    });
    return [added, changed, grown];
  } finally {
    await Promise.all(clients.map((client) => client.unbind()));
    await connector.close();
    await samba.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
