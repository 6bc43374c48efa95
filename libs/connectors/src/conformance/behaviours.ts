import { accountBehaviours } from './account-behaviours.js';
import type { Behaviour } from './behaviour.js';
import { groupBehaviours } from './group-behaviours.js';
import { listBehaviours } from './list-behaviours.js';
import { lostChangeBehaviours } from './lost-change-behaviours.js';
import { troubleBehaviours } from './trouble-behaviours.js';

/** What every connector must show, as far as its target can do it. Works with any test runner: they throw. */
export const behaviours: readonly Behaviour[] = [
  ...accountBehaviours,
  ...groupBehaviours,
  ...listBehaviours,
  ...troubleBehaviours,
  ...lostChangeBehaviours,
];
