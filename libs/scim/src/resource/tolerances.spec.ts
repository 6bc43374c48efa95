import { describe, expect, it } from 'vitest';
import { parseBulk, parseBulkOperation } from '../bulk/parse-bulk.js';
import { noteFilter } from '../filter/note-filter-values.js';
import { parseFilter } from '../filter/parse-filter.js';
import { parseSearchRequest } from '../messages/search-request.js';
import { bulkRequestUrn, searchRequestUrn } from '../messages/urns.js';
import { applyPatch } from '../patch/apply-patch.js';
import { parsePatch } from '../patch/parse-patch.js';
import { splitGroupPatch } from '../patch/split-group-patch.js';
import { groupType, userType } from '../schema/resource-type.js';
import { parseResource } from './parse-resource.js';
import type { Warning } from './warning.js';

const core = userType.schema.id;
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const id = '0190a0c2-7b1c-7000-8000-0000000000aa';

const told = (warnings: Warning[]) => warnings.map(({ path, detail }) => `${path} | ${detail}`);

/** What is said of a body, beyond what a right one has said of it. */
const ofBody = (body: object, type = userType) =>
  told(parseResource({ schemas: [type.schema.id], userName: 'b', displayName: 'g', ...body }, type).warnings);

function ofPatch(operation: object, attributes: Record<string, unknown> = {}) {
  const warnings: Warning[] = [];
  const operations = parsePatch({ schemas: [patchOp], Operations: [operation] }, warnings);
  return told([...warnings, ...applyPatch({ userName: 'b', ...attributes }, operations, userType).warnings]);
}

function ofGroupPatch(operation: object, client = 'generic') {
  const operations = parsePatch({ schemas: [patchOp], Operations: [operation] });
  return told(splitGroupPatch(operations, { client }).warnings);
}

function ofFilter(text: string) {
  const warnings: Warning[] = [];
  noteFilter(parseFilter(text, warnings), userType, warnings);
  return told(warnings);
}

describe('of a right body nothing is said', () => {
  it.each([
    [{}],
    [{ active: true, name: { givenName: 'B' }, emails: [{ value: 'a', type: 'work', primary: true }] }],
    [{ title: null, emails: [], id: 'x', meta: { resourceType: 'User' }, groups: [] }],
    [{ schemas: [core, enterprise], [enterprise]: { department: 'R&D', manager: { value: '1' } } }],
    [{ schemas: [core, enterprise] }],
  ])('%j', (body) => {
    expect(ofBody(body)).toEqual([]);
  });
});

describe('a body that is not quite right', () => {
  it.each<[object, string]>([
    [{ active: 'True' }, 'active | active was sent as the string "True" and read as true.'],
    [{ active: 0 }, 'active | active was sent as the number 0 and read as false.'],
    [{ active: '' }, 'active | active was sent as "" and taken as no value.'],
    [
      { emails: [{ value: 'a', primary: 'false' }] },
      'emails.primary | emails.primary was sent as the string "false" and read as false.',
    ],
    [
      { DisplayName: 'x', displayName: undefined },
      'displayName | DisplayName is spelled displayName in the schema.',
    ],
    [{ emails: [{ Value: 'a' }] }, 'emails.value | Value is spelled value in the schema.'],
    [{ title: ['x'] }, 'title | title is a single value; it was taken out of a list of one.'],
    [{ title: [{ value: 'x' }] }, 'title | title is a single value; it was taken out of a list of one.'],
    [{ emails: { value: 'a' } }, 'emails | emails is a list; a single value was taken as a list of one.'],
    [{ emails: ['a'] }, 'emails | emails was sent as a plain value and taken as its value.'],
    [{ shoeSize: 42 }, 'shoeSize | shoeSize is in no schema; it is kept and returned as it came.'],
    [{ name: { nick: 'x' } }, 'name.nick | name.nick is in no schema; it is kept and returned as it came.'],
    [
      { 'urn:x:1.0:User': { a: 1 }, schemas: [core, 'urn:x:1.0:User'] },
      'urn:x:1.0:User:a | urn:x:1.0:User:a is in no schema; it is kept and returned as it came.',
    ],
    [{ department: 'x' }, `${enterprise}:department | department was taken as ${enterprise}:department.`],
    [
      { manager: 'x' },
      `${enterprise}:manager | ${enterprise}:manager was sent as a plain value and taken as its value.`,
    ],
    [
      { manager: { value: '' } },
      `${enterprise}:manager | ${enterprise}:manager was sent as "" and taken as no value.`,
    ],
    [{ 'name.givenName': 'x' }, 'name.givenName | The key name.givenName was read as a path.'],
    [
      { [`${enterprise}:department`]: 'x' },
      `${enterprise}:department | The key ${enterprise}:department was read as a path.`,
    ],
    [
      { [core]: { title: 'x' } },
      `${core} | Attributes of the core schema came under its URN; they stand beside the others.`,
    ],
    [{ password: 'x' }, 'password | password was accepted and not kept: it is never stored.'],
    [{ schemas: [] }, `schemas | schemas does not name ${core}.`],
    [{ schemas: undefined }, `schemas | schemas does not name ${core}.`],
    [{ schemas: [core, 'urn:x'] }, 'schemas | schemas names urn:x, which this server does not know.'],
    [
      { [enterprise]: { department: 'x' } },
      `schemas | schemas does not name ${enterprise}, of which attributes were sent.`,
    ],
    [
      { [enterprise.replace(':User', 'User')]: { department: 'x' } },
      `${enterprise} | ${enterprise.replace(':User', 'User')} was taken as ${enterprise}.`,
    ],
    [
      { 'urn:scim:schemas:extension:enterprise:1.0': { department: 'x' } },
      `${enterprise} | urn:scim:schemas:extension:enterprise:1.0 was taken as ${enterprise}.`,
    ],
  ])('%j', (body, warning) => {
    expect(ofBody(body)).toContain(warning);
  });

  it.each<[object, string]>([
    [
      { members: [id] },
      'members | members were sent as plain ids and taken as objects with the id as "value".',
    ],
    [{ members: { value: id } }, 'members | members is a list; a single value was taken as a list of one.'],
    [{ members: [{ Value: id }] }, 'members.value | Value is spelled value in the schema.'],
  ])('of a group: %j', (body, warning) => {
    expect(ofBody(body, groupType)).toEqual(expect.arrayContaining([warning]));
  });
});

describe('of a right PATCH nothing is said', () => {
  const work = { emails: [{ value: 'a', type: 'work' }] };
  it.each([
    [{ op: 'replace', path: 'active', value: false }],
    [{ op: 'replace', value: { active: false, name: { givenName: 'x' } } }],
    [{ op: 'add', path: `${enterprise}:department`, value: 'x' }],
    [{ op: 'add', path: `${core}:title`, value: 'x' }],
    [{ op: 'replace', value: { [enterprise]: { department: 'x' } } }],
    [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'x' }],
    [{ op: 'remove', path: 'emails[type eq "work"]' }],
    [{ op: 'remove', path: 'title' }],
  ])('%j', (operation) => {
    expect(ofPatch(operation, work)).toEqual([]);
  });
});

describe('a PATCH that is not quite right', () => {
  const two = {
    emails: [
      { value: 'a', type: 'work', primary: true },
      { value: 'b', type: 'home' },
    ],
  };
  it.each<[object, string]>([
    [{ op: 'Replace', path: 'active', value: false }, 'Operations.op | op "Replace" was read as "replace".'],
    [{ Op: 'add', path: 'title', value: 'x' }, 'Operations.op | op is spelled in another case.'],
    [{ op: 'add', Path: 'title', value: 'x' }, 'Operations.path | path is spelled in another case.'],
    [{ op: 'add', path: 'title', Value: 'x' }, 'Operations.value | value is spelled in another case.'],
    [{ op: 'add', path: '', value: { title: 'x' } }, 'Operations.path | An empty path was read as none.'],
    [
      { op: 'replace', path: 'active', value: 'False' },
      'active | active was sent as the string "False" and read as false.',
    ],
    [{ op: 'replace', path: 'Title', value: 'x' }, 'title | Title is spelled title in the schema.'],
    [
      { op: 'replace', path: 'title', value: ['x'] },
      'title | title is a single value; it was taken out of a list of one.',
    ],
    [
      { op: 'add', path: 'manager', value: 'x' },
      `${enterprise}:manager | manager was taken as ${enterprise}:manager.`,
    ],
    [
      { op: 'add', path: `${enterprise}.manager`, value: { value: 'x' } },
      `${enterprise}:manager | ${enterprise}.manager was taken as ${enterprise}:manager.`,
    ],
    [
      { op: 'add', path: 'phoneNumbers[type eq "work"].value', value: '1' },
      'phoneNumbers | No value of phoneNumbers met the filter in the path, so one was made from it.',
    ],
    [
      { op: 'add', path: 'phoneNumbers[Type eq work].Value', value: '1' },
      'phoneNumbers.value | Value is spelled value in the schema.',
    ],
    [
      { op: 'add', path: 'phoneNumbers[type eq work].value', value: '1' },
      'filter | A value without quotation marks was taken as text.',
    ],
    [
      { op: 'replace', path: 'roles[primary eq "True"].value', value: 'Admin' },
      'roles.primary | The filter compares roles.primary with text, which was read as boolean.',
    ],
    [
      { op: 'replace', value: { 'name.givenName': 'x' } },
      'name.givenName | The key name.givenName was read as a path.',
    ],
    [
      { op: 'replace', value: { [`${enterprise}:department`]: 'x' } },
      `${enterprise}:department | The key ${enterprise}:department was read as a path.`,
    ],
    [{ op: 'replace', value: { id: '1' } }, 'id | id is read-only and was not changed.'],
    [
      { op: 'replace', path: 'shoeSize', value: 1 },
      'shoeSize | shoeSize is in no schema; it is kept and returned as it came.',
    ],
    [
      { op: 'replace', path: 'password', value: 'x' },
      'password | password was accepted and not kept: it is never stored.',
    ],
    [
      { op: 'replace', path: 'emails.value', value: 'x' },
      'emails.value | emails.value names no value of emails: the primary one was taken, or else the first.',
    ],
    [
      { op: 'remove', path: 'emails', value: [{ value: 'a' }] },
      'emails | Only the values of emails that the remove named were removed, as Entra means it; the RFC removes all.',
    ],
    [
      { op: 'remove', path: 'emails[type eq "work"].value', value: 'a' },
      'emails | The value that came with the remove of emails was ignored: the path says what to remove.',
    ],
    [
      { op: 'remove', path: 'title', value: 'a' },
      'title | The value that came with the remove of title was ignored: the path says what to remove.',
    ],
    [
      { op: 'replace', path: 'emails[type eq "home"].primary', value: true },
      'emails.primary | The primary mark of emails moved to the value that was sent as primary.',
    ],
  ])('%j', (operation, warning) => {
    expect(ofPatch(operation, two)).toContain(warning);
  });

  it('may not name its schema', () => {
    const warnings: Warning[] = [];
    parsePatch({ operations: [] }, warnings);
    expect(told(warnings)).toEqual([
      `schemas | schemas does not name ${patchOp}.`,
      'Operations | Operations is spelled in another case.',
    ]);
  });

  it.each<[object, string, string]>([
    [
      { op: 'remove', path: 'members', value: [{ value: id }] },
      'entra',
      'members | Only the members that the remove named were removed, as Entra means it; the RFC removes all.',
    ],
    [
      { op: 'remove', path: 'members' },
      'generic',
      'members | All members were removed: the operation named none.',
    ],
    [
      { op: 'replace', path: 'members', value: [{ value: id }] },
      'entra',
      'members | Replacing the members with a single one was taken as adding it, as Entra means it.',
    ],
    [
      { op: 'add', path: 'members', value: [id] },
      'generic',
      'members | members were sent as plain ids and taken as objects with the id as "value".',
    ],
    [
      { op: 'add', path: `members[value eq "${id}"]`, value: {} },
      'generic',
      'members | The filter of the path was taken as the members that are meant.',
    ],
    [
      { op: 'replace', path: 'members.display', value: 'x' },
      'generic',
      'members.display | members.display follows from the member and was not changed.',
    ],
  ])('of a group: %j', (operation, client, warning) => {
    expect(ofGroupPatch(operation, client)).toContain(warning);
  });
});

describe('a filter that is not quite right', () => {
  it.each([
    ['userName eq b.simon', 'filter | A value without quotation marks was taken as text.'],
    ['UserName eq "b"', 'userName | UserName is spelled userName in the schema.'],
    ['active eq "True"', 'active | The filter compares active with text, which was read as boolean.'],
    ['emails[type eq "work"] eq "x"', 'emails | What was compared with emails[...] was taken for its value.'],
    ['id eq "1" and manager eq "2"', `${enterprise}:manager | manager was taken as ${enterprise}:manager.`],
    [
      'id eq "1" and manager eq "2"',
      `${enterprise}:manager | What was compared with ${enterprise}:manager was taken for its value.`,
    ],
  ])('%s', (filter, warning) => {
    expect(ofFilter(filter)).toContain(warning);
  });

  it.each([
    'userName eq "b" and active eq true',
    'emails[type eq "work" and value co "@x"]',
    `${enterprise}:department pr`,
  ])('but of %s nothing is said', (filter) => {
    expect(ofFilter(filter)).toEqual([]);
  });
});

describe('a message that is not quite right', () => {
  it('is a bulk', () => {
    const warnings: Warning[] = [];
    parseBulk({ Operations: [{}] }, { maxOperations: 9 }, warnings);
    parseBulkOperation({ method: 'post', path: 'Users', bulkId: 'a', data: {} }, warnings);
    expect(told(warnings)).toEqual([
      `schemas | schemas does not name ${bulkRequestUrn}.`,
      'method | method POST was sent in another case.',
      'path | A path was sent without the slash it begins with.',
    ]);
    const none: Warning[] = [];
    parseBulk({ schemas: [bulkRequestUrn], Operations: [{}] }, { maxOperations: 9 }, none);
    parseBulkOperation({ method: 'POST', path: '/Users', bulkId: 'a', data: {} }, none);
    expect(none).toEqual([]);
  });

  it('is a search', () => {
    const warnings: Warning[] = [];
    parseSearchRequest({ count: '3', attributes: 'id,userName' }, warnings);
    expect(told(warnings)).toEqual([
      `schemas | schemas does not name ${searchRequestUrn}.`,
      'count | count was sent as text and read as a number.',
      'attributes | attributes is a list; names separated by commas were taken apart.',
    ]);
    const none: Warning[] = [];
    parseSearchRequest({ schemas: [searchRequestUrn], count: 3, attributes: ['id'] }, none);
    expect(none).toEqual([]);
  });
});
