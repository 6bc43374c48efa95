import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, inject } from 'vitest';
import { connectorModule, type TargetUnderTest } from '@rollcall/connectors';
import { describeWithSshd, startSshd } from '../harness/index.js';
import { showBehaviours } from './show-behaviours.js';

const module = connectorModule('csv')!;

const people: Omit<
  TargetUnderTest,
  'name' | 'address' | 'open' | 'capabilities' | 'otherCredentials' | 'secrets'
> = {
  user: (userName) => ({ userName, givenName: 'Ada', title: 'Engineer', displayName: '=Ada' }),
  userKey: 'userName',
  change: { attribute: 'title', to: '+Head, of "Engineering"\r\nand more' },
  clear: 'givenName',
  active: 'active',
  group: (displayName) => ({ displayName }),
  groupKey: 'displayName',
  absentId: '00000000-0000-4000-8000-000000000000',
};

async function startOverSftp(name: string, further: object) {
  const sshd = await startSshd();
  const settings = { hostKey: sshd.fingerprint, pageSize: 100, ...further };
  const credentials = { good: sshd.writer, wrong: sshd.stranger, 'without-rights': sshd.reader };
  const target: TargetUnderTest = {
    ...people,
    name,
    address: { host: '127.0.0.1', port: sshd.port },
    greeting: 11,
    open: ({ host, port }, { credentials: which = 'good', timeoutMs = 10_000 }) =>
      module.open(
        // A key exchange takes its time where many tests run at once.
        {
          ...settings,
          url: `sftp://${host}:${port}${sshd.folder}`,
          timeoutMs: Math.max(timeoutMs, 500),
        },
        credentials[which],
        { userAgent: 'rollcall-test' },
      ),
    capabilities: module.capabilities!({ ...settings, url: sshd.url }),
    otherCredentials: ['wrong', 'without-rights'],
    secrets: Object.values(credentials).map(({ privateKey }) => privateKey),
  };
  return { target, stop: () => sshd.stop() };
}

async function startInFolder(name: string, further: object) {
  const folder = await mkdtemp(join(inject('runFolder'), 'csv-'));
  const settings = { url: pathToFileURL(folder).href, ...further };
  const target: TargetUnderTest = {
    ...people,
    name,
    address: { host: '127.0.0.1', port: 9 },
    offNetwork: true,
    open: (_address, { timeoutMs = 10_000 }) =>
      module.open(
        { ...settings, timeoutMs },
        { type: 'none' },
        { userAgent: 'test', localFolders: [folder] },
      ),
    capabilities: module.capabilities!(settings),
    otherCredentials: [],
    secrets: [],
  };
  return { target, stop: () => rm(folder, { recursive: true }) };
}

describeWithSshd('CSV on OpenSSH', () => {
  showBehaviours('CSV over SFTP on OpenSSH', () => startOverSftp('CSV over SFTP on OpenSSH', {}));
});

describe('CSV in a folder', () => {
  showBehaviours('CSV in a folder', () => startInFolder('CSV in a folder', {}));
  showBehaviours('CSV in a folder, members in a column, deleted rows marked', () =>
    startInFolder('CSV in a folder, members in a column, deleted rows marked', {
      memberships: 'column',
      onDelete: 'mark',
      delimiter: ';',
      encoding: 'windows-1252',
      sideFile: 'sha256',
    }),
  );
  showBehaviours('CSV in a folder, files of changes', () =>
    startInFolder('CSV in a folder, files of changes', { mode: 'changes', sideFile: 'ok' }),
  );
});
