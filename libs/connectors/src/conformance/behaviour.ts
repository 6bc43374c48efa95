import { Stage } from './stage.js';
import type { TargetUnderTest } from './target-under-test.js';

export interface Behaviour {
  /** Stable, for tables. */
  id: string;
  title: string;
  /** Why it cannot be shown on this target; undefined where it can. */
  skip?(target: TargetUnderTest): string | undefined;
  /** @throws AssertionError saying what was seen instead */
  show(stage: Stage): Promise<void>;
}

/** Shows one behaviour on a stage of its own. */
export async function showBehaviour(behaviour: Behaviour, target: TargetUnderTest): Promise<void> {
  const stage = await Stage.open(target);
  try {
    await behaviour.show(stage);
  } finally {
    await stage.close();
  }
}
