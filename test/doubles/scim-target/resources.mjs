// @ts-check
import { randomUUID } from 'node:crypto';

/** @typedef {Record<string, any>} Json */

export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   * @param {string} [scimType]
   */
  constructor(status, detail, scimType) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
  }
}

/** Users or groups with look-ups by id, name and externalId; names unique regardless of case unless told otherwise. */
export class Resources {
  /**
   * @param {'userName' | 'displayName'} nameAttribute
   * @param {() => import('./scim-target.mjs').Faults} faults
   */
  constructor(nameAttribute, faults) {
    this.nameAttribute = nameAttribute;
    this.faults = faults;
    /** @type {Map<string, Json>} */
    this.byId = new Map();
    /** @type {Map<string, Set<Json>>} */
    this.byName = new Map();
    /** @type {Map<string, Set<Json>>} */
    this.byExternalId = new Map();
    /** Names under which a second one was made while the first was there. @type {string[]} */
    this.duplicates = [];
    this.created = 0;
    this.deleted = 0;
  }

  /** @param {Json} body */
  create(body) {
    this.checkName(body[this.nameAttribute], undefined);
    if (this.named(body[this.nameAttribute]).length > 0) this.duplicates.push(body[this.nameAttribute]);
    const { members: _, ...own } = body;
    const resource = { ...own, id: randomUUID() };
    this.byId.set(resource.id, resource);
    this.index(resource);
    this.created++;
    return resource;
  }

  /** @param {string} id */
  get(id) {
    const resource = this.byId.get(id);
    if (!resource) throw new Refused(404, `Resource ${id} not found`);
    return resource;
  }

  /**
   * @param {string} id
   * @param {Json} next
   */
  replace(id, next) {
    const resource = this.get(id);
    this.checkName(next[this.nameAttribute], id);
    this.unindex(resource);
    const changed = { ...next, id };
    this.byId.set(id, changed);
    this.index(changed);
    return changed;
  }

  /** @param {string} id */
  delete(id) {
    this.unindex(this.get(id));
    this.byId.delete(id);
    this.deleted++;
  }

  /** @param {unknown} name */
  named(name) {
    return [...(this.byName.get(String(name).toLowerCase()) ?? [])];
  }

  /** @param {string} filter */
  find(filter) {
    const match = /^\s*([\w.:$-]+)(?:\[type eq "(\w+)"\])?(?:\.(\w+))? eq ("(?:[^"\\]|\\.)*")\s*$/i.exec(
      filter,
    );
    if (!match) throw new Refused(400, `Filter ${filter} is not understood`, 'invalidFilter');
    const [, attribute = '', type, sub, quoted = ''] = match;
    const value = JSON.parse(quoted);
    if (attribute.toLowerCase() === this.nameAttribute.toLowerCase()) return this.named(value);
    if (attribute.toLowerCase() === 'externalid') return [...(this.byExternalId.get(value) ?? [])];
    if (attribute.toLowerCase() === 'id') return [this.byId.get(value)].filter((each) => each !== undefined);
    return [...this.byId.values()].filter((resource) => {
      const found = [resource[attribute]].flat().filter((each) => type === undefined || each?.type === type);
      return found.some((each) => (sub === undefined ? each : each?.[sub]) === value);
    });
  }

  /**
   * @param {unknown} name
   * @param {string | undefined} own
   */
  checkName(name, own) {
    if (typeof name !== 'string' || name === '')
      throw new Refused(400, `${this.nameAttribute} is required`, 'invalidValue');
    const { uniqueness = 'scim' } = this.faults();
    if (uniqueness === 'off' || !this.named(name).some((each) => each.id !== own)) return;
    if (uniqueness === 'scim') throw new Refused(409, `${this.nameAttribute} ${name} is taken`, 'uniqueness');
    throw new Refused(uniqueness, `An account with this ${this.nameAttribute} already exists`);
  }

  /** @param {Json} resource */
  index(resource) {
    put(this.byName, resource[this.nameAttribute].toLowerCase(), resource);
    if (typeof resource.externalId === 'string') put(this.byExternalId, resource.externalId, resource);
  }
  /** @param {Json} resource */
  unindex(resource) {
    take(this.byName, resource[this.nameAttribute].toLowerCase(), resource);
    if (typeof resource.externalId === 'string') take(this.byExternalId, resource.externalId, resource);
  }
}

/**
 * @param {Map<string, Set<Json>>} map
 * @param {string} key
 * @param {Json} resource
 */
function put(map, key, resource) {
  const held = map.get(key);
  if (held) held.add(resource);
  else map.set(key, new Set([resource]));
}
/**
 * @param {Map<string, Set<Json>>} map
 * @param {string} key
 * @param {Json} resource
 */
function take(map, key, resource) {
  const held = map.get(key);
  held?.delete(resource);
  if (held?.size === 0) map.delete(key);
}
