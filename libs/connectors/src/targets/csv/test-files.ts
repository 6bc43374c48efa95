import { randomUUID } from 'node:crypto';
import type { SubjectType, TestReport, TestStep } from '../../contract.js';
import type { FileStore } from './file-store.js';
import { Refused } from './refusals.js';
import { columnsOf, type CsvSettings } from './settings.js';
import { hostOf, OpeningFailed, type OpeningStage } from './sftp-connection.js';
import { SftpStore } from './sftp-store.js';

type Verdict = Omit<TestStep, 'step' | 'durationMs'>;
type Step = TestStep['step'];

const passed = (message: string): Verdict => ({ status: 'passed', message });
const skipped = (message: string): Verdict => ({ status: 'skipped', message });
const failed = (message: string, remedy: string): Verdict => ({ status: 'failed', message, remedy });

const order: Step[] = [
  'reach',
  'tls',
  'authenticate',
  'discover',
  'read-users',
  'find-user',
  'write-probe',
  'read-groups',
  'limits',
];

/** Tries a connection step by step, from the network up; what a failed step makes pointless is skipped. */
export async function testFiles(
  settings: CsvSettings,
  store: FileStore,
  count: (type: SubjectType) => Promise<{ rows: number; bytes: number }>,
): Promise<TestReport> {
  const steps: TestStep[] = [];
  const step = async (name: Step, look: () => Promise<Verdict>): Promise<boolean> => {
    const from = performance.now();
    const verdict = await look().catch((error: unknown) => verdictOf(error));
    steps.push({ step: name, ...verdict, durationMs: Math.round(performance.now() - from) });
    return verdict.status !== 'failed';
  };
  const rest = (why: string): TestReport => {
    for (const name of order.slice(steps.length)) steps.push({ step: name, ...skipped(why), durationMs: 0 });
    return { ok: steps.every(({ status }) => status !== 'failed'), steps };
  };

  if (!(await greet(settings, store, steps))) return rest('Not signed in.');
  const found = await step('discover', async () => {
    await store.reach();
    return passed(`The folder ${store.url('.')} is there.`);
  });
  if (!found) return rest('The folder is not there.');
  const counts: { rows: number; bytes: number }[] = [];
  const readable = await step('read-users', async () => {
    counts.push(await count('user'));
    return passed(`${store.url(settings.usersFile)} holds ${counts[0]!.rows} accounts.`);
  });
  if (!readable) return rest('The accounts cannot be read.');
  await step('find-user', async () => passed(`Accounts are found by the column ${settings.userKey}.`));
  await step('write-probe', () => writeVerdict(settings, store));
  await step('read-groups', async () => {
    if (!settings.groups) return skipped('Groups are switched off for this connection.');
    counts.push(await count('group'));
    return passed(`${store.url(settings.groupsFile)} holds ${counts[1]!.rows} groups.`);
  });
  await step('limits', () => Promise.resolve(limitVerdict(settings, store, counts)));
  return rest('');
}

/** @returns whether files can be asked for now */
async function greet(settings: CsvSettings, store: FileStore, steps: TestStep[]): Promise<boolean> {
  const from = performance.now();
  const opened = store instanceof SftpStore ? store.greet() : store.reach();
  const failure = await opened.then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  const durationMs = Math.round(performance.now() - from);
  const say = (step: Step, verdict: Verdict) => steps.push({ step, ...verdict, durationMs });
  if (!(store instanceof SftpStore)) {
    if (failure) {
      say('reach', verdictOf(failure));
      return false;
    }
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
    if (failure && stage.includes(failure.stage)) {
      say(step, verdictOf(failure.refused));
      return false;
    }
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
  { maxFileBytes, mode }: CsvSettings,
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
  return passed(`The largest file has ${largest} bytes.`);
}

function verdictOf(error: unknown): Verdict {
  if (error instanceof OpeningFailed) return verdictOf(error.refused);
  if (!(error instanceof Refused)) throw error;
  const { refusal } = error;
  const advice = 'remedy' in refusal ? refusal.remedy : undefined;
  return failed(
    refusal.message,
    advice ?? 'Check host and port of the server, that a firewall lets the hub through, and try again.',
  );
}
