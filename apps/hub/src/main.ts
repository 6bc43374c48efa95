import { StartError } from '@rollcall/platform';
import { startHub } from './start/start-hub.js';
import { stopOnSignals } from './start/stop-on-signals.js';

try {
  const signals = stopOnSignals();
  const hub = await startHub(process.env);
  process.stdout.write(hub.banner);
  signals.stopWith(() => hub.stop());
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
