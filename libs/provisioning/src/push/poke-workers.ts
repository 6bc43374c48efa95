import { Queues } from '@rollcall/platform';
import { engineQueues } from './engine-queues.js';

/** Lets a worker process know at once that connections or their work changed; the others look by themselves. */
export async function pokeWorkers(queues: Queues): Promise<void> {
  await queues
    .queue(engineQueues.control)
    .add(
      'control',
      {},
      {
        deduplication: { id: 'control', keepLastIfActive: true },
        removeOnComplete: true,
        removeOnFail: true,
      },
    )
    .catch(() => undefined);
}
