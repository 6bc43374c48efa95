import { afterAll, beforeAll, describe, it } from 'vitest';
import { behaviours, showBehaviour, type TargetUnderTest } from '@rollcall/connectors';

declare module 'vitest' {
  export interface TaskMeta {
    conformance?: { target: string; behaviour: string; title: string; reason?: string };
  }
}

/**
 * One test for each behaviour of the kit, named so that docs/connectors/README.md can be made from a run.
 * @param retry for servers that end by themselves now and then, and are started again
 */
export function showBehaviours(
  name: string,
  start: () => Promise<{ target: TargetUnderTest; stop(): Promise<void> }>,
  retry = 0,
): void {
  describe(name, () => {
    let started: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      started = await start();
    });
    afterAll(() => started?.stop());
    for (const behaviour of behaviours) {
      it(behaviour.title, { retry }, async (context) => {
        const meta = { target: name, behaviour: behaviour.id, title: behaviour.title };
        context.task.meta.conformance = meta;
        const reason = behaviour.skip?.(started.target);
        if (reason !== undefined) {
          context.task.meta.conformance = { ...meta, reason };
          context.skip(reason);
        }
        await showBehaviour(behaviour, started.target);
      });
    }
  });
}
