import { randomUUID } from 'node:crypto';
import type { SubjectType, TestReport } from '../../contract.js';
import {
  beginTest,
  failed,
  failedBy,
  passed,
  skipped,
  type Step,
  type TestRun,
  timed,
  type Verdict,
} from '../../graded-test/test-run.js';
import type { FileStore } from './file-store.js';
import { Refused } from './refusals.js';
import { columnsOf, type CsvSettings } from './settings.js';
import { hostOf, OpeningFailed, type OpeningStage } from './sftp-connection.js';
import { SftpStore } from './sftp-store.js';

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testFiles(
  settings: CsvSettings,
  store: FileStore,
  count: (type: SubjectType) => Promise<{ rows: number; bytes: number }>,
): Promise<TestReport> {
  const run = beginTest(verdictOf);
  const { take, report } = run;
  if (!(await greet(settings, store, run))) return report('Not signed in.');
  const found = await take('discover', async () => {
    await store.reach();
    return passed(`The folder ${store.url('.')} is there.`);
  });
  if (!found) return report('The folder is not there.');
  const counts: { rows: number; bytes: number }[] = [];
  const readable = await take('read-users', async () => {
    counts.push(await count('user'));
    return passed(`${store.url(settings.usersFile)} holds ${counts[0]!.rows} accounts.`);
  });
  if (!readable) return report('The accounts cannot be read.');
  await take('find-user', () => passed(`Accounts are found by the column ${settings.userKey}.`));
  await take('read-groups', async () => {
    if (!settings.groups) return skipped('Groups are switched off for this connection.');
    counts.push(await count('group'));
    return passed(`${store.url(settings.groupsFile)} holds ${counts[1]!.rows} groups.`);
  });
  await take('write-probe', () => writeVerdict(settings, store));
  await take('limits', () => limitVerdict(settings, store, counts));
  return report();
}

/** @returns whether files can be asked for now */
async function greet(settings: CsvSettings, store: FileStore, run: TestRun): Promise<boolean> {
  const [failure, durationMs] = await timed(() =>
    (store instanceof SftpStore ? store.greet() : store.reach()).then(
      () => undefined,
      (error: unknown) => error as Error,
    ),
  );
  const say = (step: Step, verdict: Verdict) => run.say(step, verdict, durationMs);
  if (!(store instanceof SftpStore)) {
    if (failure) return say('reach', verdictOf(failure));
    say('reach', passed(`The hub may work in ${store.url('.')}.`));
    say('tls', skipped('A folder of this machine: nothing travels.'));
    say('authenticate', skipped('A folder of this machine: nobody signs in.'));
    return true;
  }
  if (failure && !(failure instanceof OpeningFailed)) throw failure;
  const stages: { stage: OpeningStage[]; step: Step; good: string }[] = [
    { stage: ['reach'], step: 'reach', good: `${hostOf(settings.url)} answers.` },
    { stage: ['host-key'], step: 'tls', good: 'The host key is the one that was entered.' },
    { stage: ['sign-in', 'sftp'], step: 'authenticate', good: 'The user is signed in.' },
  ];
  for (const { stage, step, good } of stages) {
    if (failure && stage.includes(failure.stage)) return say(step, verdictOf(failure.refused));
    say(step, passed(good));
  }
  return true;
}

async function writeVerdict(settings: CsvSettings, store: FileStore): Promise<Verdict> {
  if (settings.mode === 'import' && !settings.pickUp) return skipped('This connection only reads.');
  if (!settings.writeProbe)
    return skipped('Nothing was written. Turn on "Write in tests" to see whether files can be written.');
  const name = `rollcall-probe-${randomUUID()}.csv`;
  const content = Buffer.from(`${columnsOf(settings, 'users').length}\r\n`);
  await store.create(`${name}.part`, content);
  await store.create(name, content);
  await store.replace(`${name}.part`, name);
  await store.remove(name);
  for (const folder of [settings.changesFolder, settings.archiveFolder])
    if (folder !== undefined && !(await store.names(folder)))
      return failed(`There is no folder ${store.url(folder)}.`, 'Make it, or correct it in the settings.');
  return passed('A file was written, put in the place of another, and deleted.');
}

function limitVerdict(
  { maxFileBytes, mode, pickUp, writeProbe }: CsvSettings,
  store: FileStore,
  counts: { bytes: number }[],
): Verdict {
  const lacks = store.lacks();
  if (lacks.length > 0) return failed(lacks.join(' '), 'Use an SFTP server that can, such as OpenSSH.');
  const largest = Math.max(...counts.map(({ bytes }) => bytes));
  if (mode !== 'import' && largest > maxFileBytes * 0.8)
    return failed(
      `The largest file has ${largest} bytes of ${maxFileBytes} that are allowed.`,
      'Raise the largest file in the settings.',
    );
  const isTried = writeProbe || (mode === 'import' && !pickUp) || !(store instanceof SftpStore);
  return passed(
    `The largest file has ${largest} bytes.${isTried ? '' : ' Whether the server can replace files in one step was not tried: turn on "Write in tests".'}`,
  );
}

function verdictOf(error: unknown): Verdict {
  if (error instanceof OpeningFailed) return verdictOf(error.refused);
  if (!(error instanceof Refused)) throw error;
  return failedBy(
    error.refusal,
    'Check host and port of the server, that a firewall lets the hub through, and try again.',
  );
}
