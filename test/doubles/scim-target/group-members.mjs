// @ts-check
import { Refused } from './resources.mjs';

/** @typedef {Record<string, any>} Json */
/** @typedef {{ value: string, type?: string }} Member */

/** Members of each group as maps, so that one more costs the same in a large group as in a small one. */
export class GroupMembers {
  /**
   * @param {(id: string) => boolean} isKnown
   * @param {() => import('./scim-target.mjs').Faults} faults
   */
  constructor(isKnown, faults) {
    this.isKnown = isKnown;
    this.faults = faults;
    /** @type {Map<string, Map<string, Member>>} */
    this.byGroup = new Map();
  }

  /** @param {string} groupId */
  of(groupId) {
    let members = this.byGroup.get(groupId);
    if (!members) this.byGroup.set(groupId, (members = new Map()));
    return members;
  }

  /** @param {string} id */
  forget(id) {
    this.byGroup.delete(id);
    for (const members of this.byGroup.values()) members.delete(id);
  }

  /**
   * Carries out the member operations of a PATCH, all or none, and returns the other ones.
   * @param {string} groupId
   * @param {Json[]} operations
   * @returns {Json[]}
   */
  apply(groupId, operations) {
    const members = this.of(groupId);
    const others = [];
    /** @type {(() => void)[]} */
    const steps = [];
    for (const operation of operations) {
      const { op, path, value } = operation;
      const remove = /^members\[value eq ("(?:[^"\\]|\\.)*")\]$/i.exec(path ?? '');
      if (remove) {
        const id = JSON.parse(remove[1] ?? '""');
        if (this.faults().strictRemoval && !members.has(id))
          throw new Refused(400, `No members has value ${id}`, 'noTarget');
        steps.push(() => members.delete(id));
      } else if (String(path).toLowerCase() === 'members') {
        const listed = /** @type {Member[]} */ ([value ?? []].flat());
        const kind = String(op).toLowerCase();
        if (kind !== 'remove') for (const each of listed) this.check(each.value);
        if (kind === 'replace' || (kind === 'remove' && value === undefined))
          steps.push(() => members.clear());
        steps.push(() => {
          for (const each of listed) {
            if (kind === 'remove') members.delete(each.value);
            else members.set(each.value, each);
          }
        });
      } else {
        others.push(operation);
      }
    }
    for (const step of steps) step();
    return others;
  }

  /** @param {string} id */
  check(id) {
    if (this.isKnown(id)) return;
    const { unknownMember = 'named' } = this.faults();
    if (unknownMember === 'named') throw new Refused(400, `Member ${id} does not exist`, 'invalidValue');
    if (unknownMember === 'unnamed') throw new Refused(400, 'One of the members does not exist');
    if (unknownMember === '404') throw new Refused(404, 'Resource not found');
  }
}
