import { isDeepStrictEqual } from 'node:util';
import { AppView } from './app-view.js';
import { day, evening } from './day.js';
import { Entra } from './entra.js';
import { HubAdmin } from './hub-admin.js';
import { playStep } from './play-step.js';
import { accountTable, addresses, say, stepLine } from './print.js';
import { Stage } from './stage.js';

const [flag, ...others] = process.argv.slice(2);
if ((flag !== undefined && flag !== '--keep') || others.length > 0) {
  process.stderr.write(`The demo knows --keep (run on until Ctrl-C) and nothing else.\n`);
  process.exit(2);
}
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
// A SIGTERM to npm ends npm and its shell, and the shell does not pass it on.
const shell = process.ppid;
if (process.env.npm_lifecycle_event === 'demo') {
  setInterval(() => process.ppid !== shell && stopping.abort(), 250).unref();
}

const stage = new Stage();
try {
  say('Rollcall demo: a day of an Entra tenant, with a real SCIM app on the other side', '');
  await stage.open();
  stopping.signal.throwIfAborted();
  await play(flag === '--keep');
} catch (error) {
  process.exitCode = stopping.signal.aborted ? 130 : 1;
  if (!stopping.signal.aborted) process.stderr.write(`\n${(error as Error).message}\n`);
} finally {
  await stage.close();
}

async function play(keep: boolean): Promise<void> {
  const hub = new HubAdmin(stage.hubUrl, stage.adminKey);
  const app = new AppView(stage.appUrl);
  const { scimUrl, token } = await hub.createSource();
  const connection = await hub.connect(`${stage.appUrl}/scim/v2`, stage.appToken);
  const entra = new Entra(scimUrl, token);
  const found = await entra.probe();
  if (found !== 0) throw new Error(`The connection test found ${found} people who do not exist`);

  say(...addresses(stage), '');
  say('What Entra sends, what the hub then did at the app, and how long that took from the answer', '');
  const parts = { entra, app, hub, connection, signal: stopping.signal, patienceMs: 30_000 };
  const times: number[] = [];
  for (const step of day()) {
    const outcome = await playStep(step, parts);
    times.push(outcome.tookMs);
    say(stepLine(step, outcome));
  }
  const accounts = await app.accounts();
  say('', 'What the app holds now', '', ...accountTable(accounts), '');
  if (!isDeepStrictEqual(accounts, evening)) {
    throw new Error(`The app should hold:\n${accountTable(evening).join('\n')}`);
  }
  const slowest = Math.max(...times);
  say(`All ${times.length} changes arrived, the slowest after ${slowest} ms.`);
  if (!keep) return say('To look round: npm run demo -- --keep');
  say('', ...addresses(stage), `  Admin key      ${stage.adminKey}`, '', 'Ctrl-C ends it.');
  await new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
}
