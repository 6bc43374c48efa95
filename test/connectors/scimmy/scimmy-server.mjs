// @ts-check
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

// scimmy as a process of its own that may be killed at any moment: what it has answered is in its file.
const [, , file = '', port = '0', token = ''] = process.argv;

/** @typedef {Record<string, any>} Json */
/** @type {Record<'users' | 'groups', Map<string, Json>>} */
const kept = { users: new Map(), groups: new Map() };
const names = { users: 'userName', groups: 'displayName' };
const collections = /** @type {('users' | 'groups')[]} */ (['users', 'groups']);
/** Ids by name in lower case: names are unique. @type {Record<'users' | 'groups', Map<string, string>>} */
const named = { users: new Map(), groups: new Map() };

/** @param {'users' | 'groups'} kind @param {string} id @param {Json | null} resource */
function remember(kind, id, resource) {
  const before = kept[kind].get(id);
  if (before) named[kind].delete(String(before[names[kind]]).toLowerCase());
  if (!resource) return void kept[kind].delete(id);
  kept[kind].set(id, resource);
  named[kind].set(String(resource[names[kind]]).toLowerCase(), id);
}

/** @param {'users' | 'groups'} kind @param {string} id @param {Json | null} resource @param {boolean} made */
function save(kind, id, resource, made = false) {
  appendFileSync(file, `${JSON.stringify({ kind, id, made, resource })}\n`);
  remember(kind, id, resource);
}

if (existsSync(file)) {
  for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
    const { kind, id, resource } = JSON.parse(line);
    remember(kind, id, resource);
  }
}

/** @param {number} status @param {any} type @param {string} detail */
const refused = (status, type, detail) => new SCIMMY.Types.Error(status, type, detail);

/** @param {'users' | 'groups'} kind @returns {(resource: any, data: object) => any} */
const ingress = (kind) => (resource, data) => {
  const body = JSON.parse(JSON.stringify(data));
  const name = String(body[names[kind]]);
  const holder = named[kind].get(name.toLowerCase());
  if (holder !== undefined && holder !== resource.id) throw refused(409, 'uniqueness', `${name} is taken`);
  for (const { value } of body.members ?? [])
    if (!collections.some((each) => kept[each].has(value)))
      throw refused(400, 'invalidValue', `Member ${value} does not exist`);
  const id = resource.id ?? randomUUID();
  const stored = { ...body, id };
  save(kind, id, stored, resource.id === undefined);
  return stored;
};

/** @param {'users' | 'groups'} kind @returns {(resource: any) => any} */
const egress = (kind) => (resource) => {
  if (resource.id !== undefined) {
    const found = kept[kind].get(resource.id);
    if (!found) throw refused(404, '', `${resource.id} not found`);
    return found;
  }
  const all = [...kept[kind].values()];
  return resource.filter ? all.filter((each) => meets(each, resource.filter)) : all;
};

/** scimmy throws for a resource that lacks a complex attribute of the filter. @param {Json} resource @param {any} filter */
function meets(resource, filter) {
  try {
    return filter.match([resource]).length > 0;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** @param {'users' | 'groups'} kind @returns {(resource: any) => void} */
const degress = (kind) => (resource) => {
  if (!kept[kind].has(resource.id)) throw refused(404, '', `${resource.id} not found`);
  save(kind, resource.id, null);
  for (const group of kept.groups.values()) {
    const members = /** @type {Json[]} */ (group.members ?? []);
    const left = members.filter(({ value }) => value !== resource.id);
    if (left.length < members.length) save('groups', group.id, { ...group, members: left });
  }
};

SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false))
  .ingress(ingress('users'))
  .egress(egress('users'))
  .degress(degress('users'));
SCIMMY.Resources.declare(SCIMMY.Resources.Group)
  .ingress(ingress('groups'))
  .egress(egress('groups'))
  .degress(degress('groups'));

const app = express();
// scimmy-routers turns startIndex and count into numbers in place, which Express 5 forgets.
app.use((request, _, next) => {
  Object.defineProperty(request, 'query', {
    value: { ...request.query },
    writable: true,
    configurable: true,
  });
  next();
});
app.use(
  '/scim/v2',
  new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => {
      if (request.header('authorization') !== `Bearer ${token}`) throw new Error('Wrong token');
      return 'provisioning';
    },
  }),
);
const server = app.listen(Number(port), '127.0.0.1', () => {
  process.send?.({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port });
});
process.on('disconnect', () => process.exit(0));
