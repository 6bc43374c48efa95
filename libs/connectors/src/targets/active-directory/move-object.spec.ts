import { describe, expect, it } from 'vitest';
import { placeFor } from './move-object.js';

const userBase = 'OU=People,DC=x';
const berlin = 'OU=Berlin,OU=People,DC=x';
const disabledBase = 'OU=Leavers,DC=x';

describe('where an account belongs', () => {
  it.each([
    ['stays where it is', userBase, { flags: {} }, {}, undefined],
    ['follows the mapping', userBase, { flags: {}, parent: berlin }, {}, berlin],
    ['is moved when disabled', berlin, { flags: { active: false } }, {}, disabledBase],
    [
      'is moved when disabled, whatever is mapped',
      userBase,
      { flags: { active: false }, parent: berlin },
      {},
      disabledBase,
    ],
    [
      'stays below the OU of the disabled',
      `OU=2026,${disabledBase}`,
      { flags: { active: false } },
      {},
      undefined,
    ],
    ['stays there while it is disabled', disabledBase, { flags: {}, parent: berlin }, {}, undefined],
    [
      'comes back to what was written',
      disabledBase,
      { flags: { active: true } },
      { parentDistinguishedName: berlin },
      berlin,
    ],
    [
      'comes back to what is mapped now',
      disabledBase,
      { flags: { active: true }, parent: berlin },
      { parentDistinguishedName: userBase },
      berlin,
    ],
    ['comes back to the accounts', disabledBase, { flags: { active: true } }, {}, userBase],
  ])('%s', (_, parent, writing, lastWritten, wanted) => {
    expect(placeFor('user', parent, writing, lastWritten, { userBase, disabledBase })).toBe(wanted);
  });

  it('is not moved without an OU of the disabled, and groups never are', () => {
    const off = { flags: { active: false } };
    expect(placeFor('user', berlin, off, {}, { userBase })).toBeUndefined();
    expect(placeFor('group', berlin, off, {}, { userBase, disabledBase })).toBeUndefined();
  });

  it('is recognised below the OU of the accounts, too', () => {
    const below = { userBase, disabledBase: `OU=Disabled,${userBase}` };
    expect(placeFor('user', berlin, { flags: { active: true } }, {}, below)).toBeUndefined();
    expect(placeFor('user', below.disabledBase, { flags: { active: true } }, {}, below)).toBe(userBase);
  });
});
