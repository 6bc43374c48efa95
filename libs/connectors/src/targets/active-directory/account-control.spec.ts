import { describe, expect, it } from 'vitest';
import { flagNames, readFlags, withFlags } from './account-control.js';

describe('userAccountControl', () => {
  it.each([
    [512, { active: false }, 514],
    [514, { active: true }, 512],
    [66_048, { active: false }, 66_050],
    [546, { active: true }, 544],
    [512, { passwordNeverExpires: true, smartcardRequired: true }, 0x5_0200],
    [0x10_0202, { notDelegated: false, active: true }, 512],
    [512, {}, 512],
  ])('%d with %j is %d', (control, flags, wanted) => {
    expect(withFlags(control, flags)).toBe(wanted);
  });

  it('tells what was set, and keeps every other bit', () => {
    const named = 0x2 | 0x1_0000 | 0x4_0000 | 0x10_0000;
    for (let control = 1; control < 0x800_0000; control = control * 3 + 1) {
      for (const flag of flagNames) {
        for (const value of [true, false]) {
          const changed = withFlags(control, { [flag]: value });
          expect(readFlags(changed)[flag]).toBe(value);
          expect(changed & ~named).toBe(control & ~named);
        }
      }
    }
  });
});
