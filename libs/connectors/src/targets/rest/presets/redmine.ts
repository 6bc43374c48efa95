import type { ObjectRequests } from '../settings.js';
import type { Preset } from './preset.js';

/** What is written of $a, which are attributes in the hub's terms; custom field 7 is the attribute cf_7. */
const fields = `$fields := function($a) { $merge([
  $sift($a, function($v, $k) { $k in ["login", "firstname", "lastname", "mail", "admin", "auth_source_id"] }),
  $exists($a.active) ? {"status": $a.active ? 1 : 3} : {},
  $count($custom($a)) > 0 ? {"custom_fields": $custom($a)} : {}
])};`;
const custom = `$custom := function($a) {[
  $each($sift($a, function($v, $k) { $substring($k, 0, 3) = "cf_" }), function($v, $k) {
    {"id": $number($substring($k, 3)), "value": $v = null ? "" : $v}
  })
]};`;

const json = (path: string) => ({ path: `${path}.json` });

const users: ObjectRequests = {
  create: {
    method: 'POST',
    ...json('/users'),
    body: `(${custom} ${fields} {"user": $merge([$fields(attributes), {"generate_password": true}])})`,
    result: 'body.user',
  },
  update: {
    method: 'PUT',
    ...json('/users/{id}'),
    body: `(${custom} ${fields} {"user": $fields(changes)})`,
  },
  get: { method: 'GET', ...json('/users/{id}'), result: 'body.user' },
  find: {
    method: 'GET',
    ...json('/users'),
    attributes: ['login', 'mail'],
    // Without a status only active accounts are found. "status" is for Redmine 5.0, the other two for later ones.
    query: {
      name: '{value}',
      status: '',
      'f[]': 'status',
      'op[status]': '*',
      offset: '{offset}',
      limit: '{limit}',
    },
    result: 'body.users',
  },
  list: {
    method: 'GET',
    ...json('/users'),
    query: {
      status: '',
      'f[]': 'status',
      'op[status]': '*',
      sort: 'id',
      offset: '{offset}',
      limit: '{limit}',
    },
    result: 'body.users',
  },
  delete: { method: 'DELETE', ...json('/users/{id}') },
  read: {
    id: 'id',
    attributes: `$merge([
      $sift($, function($v, $k) { $k in ["login", "firstname", "lastname", "mail", "admin"] }),
      $merge(custom_fields[$boolean(value)].{"cf_" & $string(id): value})
    ])`,
    active: '$exists(status) ? status = 1',
  },
  // Lists do not tell who is locked.
  readEach: true,
  paging: { by: 'offset', total: 'body.total_count' },
  attributes: [
    { name: 'login', required: true, unique: true, example: 'rollcall-{random}' },
    { name: 'firstname', title: 'First name', required: true, example: 'Rollcall' },
    { name: 'lastname', title: 'Last name', required: true, example: 'Test' },
    { name: 'mail', title: 'Email', required: true, unique: true, example: 'rollcall-{random}@example.com' },
    { name: 'active', type: 'boolean', example: true },
    { name: 'admin', type: 'boolean' },
    { name: 'auth_source_id', type: 'integer' },
  ],
};

const groups: ObjectRequests = {
  create: { method: 'POST', ...json('/groups'), body: '{"group": attributes}', result: 'body.group' },
  update: { method: 'PUT', ...json('/groups/{id}'), body: '{"group": changes}' },
  get: { method: 'GET', ...json('/groups/{id}'), query: { include: 'users' }, result: 'body.group' },
  list: { method: 'GET', ...json('/groups'), result: 'body.groups' },
  delete: { method: 'DELETE', ...json('/groups/{id}') },
  addMember: { method: 'POST', ...json('/groups/{id}/users'), body: '{"user_id": member.id}' },
  removeMember: { method: 'DELETE', ...json('/groups/{id}/users/{member}') },
  read: { id: 'id', attributes: '{"name": name}', members: 'users.id' },
  attributes: [{ name: 'name', required: true, unique: true, example: 'Rollcall test' }],
};

/** Redmine makes no account without an address; a login mostly is one. */
const mail = '$Coalesce($Attribute("emails[type eq \\"work\\"].value"), userName)';

export const redmine: Preset = {
  id: 'redmine',
  name: 'Redmine',
  page: 'redmine',
  note: 'baseUrl is the address of Redmine. Enable the REST web service (Administration, Settings, API) and give the API key of an administrator as the header X-Redmine-API-Key.',
  settings: { users, groups },
  defaultMappings: {
    users: {
      matching: [
        { source: 'userName', target: 'login' },
        { expression: mail, target: 'mail' },
      ],
      attributes: [
        { source: 'userName', target: 'login', apply: 'always' },
        {
          expression: '$Left($Coalesce(name.givenName, displayName, userName), 30)',
          target: 'firstname',
          apply: 'always',
        },
        {
          expression: '$Left($Coalesce(name.familyName, displayName, userName), 30)',
          target: 'lastname',
          apply: 'always',
        },
        { expression: mail, target: 'mail', apply: 'always' },
        { source: 'active', target: 'active', default: true, apply: 'always' },
      ],
    },
    groups: {
      matching: [{ source: 'displayName', target: 'name' }],
      attributes: [{ source: 'displayName', target: 'name', apply: 'always' }],
    },
  },
  rights: ['The API key of an administrator, and the REST web service enabled.'],
  limits: [
    'A login has at most 60 characters, of letters, digits, _ - @ and the dot.',
    'First and last name have at most 30 characters.',
    'Lists return at most 100 users a page; groups come all at once.',
    'A locked account keeps its login and its history; deleting an account gives what it wrote to "Anonymous".',
  ],
};
