/** Bits of userAccountControl (MS-ADTS section 2.2.16) that a mapping may set, by the name it has there. */
const bits = {
  /** Turned round: the bit says that the account is disabled. */
  active: 0x2,
  passwordNeverExpires: 0x1_0000,
  smartcardRequired: 0x4_0000,
  notDelegated: 0x10_0000,
} as const;

export type Flag = keyof typeof bits;
export type Flags = Partial<Record<Flag, boolean>>;

export const flagNames = Object.keys(bits) as Flag[];
export const normalAccount = 0x200;

/** Bits that are not named stay as they are. */
export function withFlags(control: number, flags: Flags): number {
  let result = control;
  for (const flag of flagNames) {
    const wanted = flags[flag];
    if (wanted === undefined) continue;
    const raised = flag === 'active' ? !wanted : wanted;
    result = raised ? result | bits[flag] : result & ~bits[flag];
  }
  return result;
}

export const readFlags = (control: number): Record<Flag, boolean> => ({
  active: (control & bits.active) === 0,
  passwordNeverExpires: (control & bits.passwordNeverExpires) !== 0,
  smartcardRequired: (control & bits.smartcardRequired) !== 0,
  notDelegated: (control & bits.notDelegated) !== 0,
});
