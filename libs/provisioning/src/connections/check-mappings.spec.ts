import {
  type AttributeMapping,
  connectorModule,
  type Discovery,
  type TargetAttribute,
} from '@rollcall/connectors';
import { describe, expect, it } from 'vitest';
import { checkMappings, standardTypes } from './check-mappings.js';

const module = connectorModule('scim2')!;
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const attribute = (name: string, more: Partial<TargetAttribute> = {}): TargetAttribute => ({
  name,
  type: 'string',
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  unique: false,
  ...more,
});
const discovery: Discovery = {
  objectTypes: [
    {
      type: 'user',
      attributes: [
        attribute('userName', { required: true }),
        attribute('active', { type: 'boolean' }),
        attribute('userType', { canonicalValues: ['Employee', 'Guest'] }),
        attribute('title'),
        attribute('roles', { multiValued: true }),
        attribute('number', { type: 'integer' }),
        attribute('hired', { type: 'dateTime' }),
        attribute('loginCount', { type: 'integer', mutability: 'readOnly' }),
        attribute('emails', { type: 'complex', multiValued: true, required: true }),
        attribute('emails[type eq "work"].value', { required: true }),
        attribute(`${enterprise}:department`),
      ],
    },
  ],
  capabilities: module.manifest.capabilities,
  assumptions: [],
};

const email: AttributeMapping = {
  source: 'emails[type eq "work"].value',
  target: 'emails[type eq "work"].value',
  apply: 'always',
};
async function errorsOf(line: object, others: AttributeMapping[] = [email], target = discovery) {
  const attributes = [
    { source: 'userName', target: 'userName', apply: 'always' },
    ...others,
    { apply: 'always', ...line },
  ];
  const mappings = { users: { matching: [], attributes: attributes as AttributeMapping[] } };
  const errors = await checkMappings(module, mappings, standardTypes, target);
  return errors.map(({ field, message }) => `${field.replace('mappings.users.attributes', '')}: ${message}`);
}

describe('mappings against a target that describes itself', () => {
  it.each([
    [{ target: 'userType', constant: 'employee' }],
    [{ target: 'title', source: 'displayName' }],
    [{ target: 'title', source: 'profileUrl' }],
    [{ target: 'roles', constant: ['a', 'b'] }],
    [{ target: 'roles', expression: '[roles.value]' }],
    [{ target: 'number', constant: 7 }],
    [{ target: 'hired', expression: '$FormatDateTime(title, null, null, "yyyy-MM-ddTHH:mm:ssZ")' }],
    [{ target: 'hired', expression: '$now()' }],
    [{ target: 'active', expression: 'userType != "Guest"' }],
    [{ target: 'externalId', source: 'externalId' }],
    [{ target: 'emails[type eq "home"].value', source: 'emails[type eq "home"].value' }],
    [{ target: `${enterprise}:department`, expression: '$Attribute("department")' }],
    [{ target: 'title', source: 'urn:acme:2.0:User:badge' }],
  ])('take %j', async (line) => {
    expect(await errorsOf(line)).toEqual([]);
  });

  it.each([
    [
      { target: 'userType', constant: 'Robot' },
      '.2.constant: is "Robot", and userType takes one of Employee, Guest.',
    ],
    [{ target: 'userType', source: 'userType', default: 'Robot' }, '.2.default: is "Robot"'],
    [{ target: 'loginCount', constant: 1 }, '.2.target: loginCount is read-only at the target'],
    [
      { target: 'titel', source: 'title' },
      '.2.target: The target has no attribute titel. Did you mean title?',
    ],
    [
      { target: 'locale', source: 'locale' },
      '.2.target: The target has no attribute locale. Remove the line',
    ],
    [{ target: 'id', source: 'id' }, '.2.target: The target has no attribute id'],
    [
      { target: 'number', source: 'title' },
      '.2.source: gives text, and number takes a whole number. Convert it with the expression $CInt',
    ],
    [{ target: 'title', constant: true }, '.2.constant: gives true or false, and title takes text'],
    [
      { target: 'title', expression: '$count(emails)' },
      '.2.expression: gives a whole number, and title takes text',
    ],
    [{ target: 'title', source: 'emails.value' }, '.2.source: gives a list, and title takes one value'],
    [{ target: 'title', source: 'name' }, '.2.source: gives an object, and title takes text'],
    [{ target: 'roles', constant: 'a' }, '.2.constant: gives one value, and roles takes a list'],
    [{ target: 'hired', constant: 'soon' }, '.2.constant: gives text, and hired takes a date with time'],
    [
      { target: 'title', source: 'displayNmae' },
      '.2.source: displayNmae is no attribute of a user. Did you mean displayName?',
    ],
    [{ target: 'title', source: 'name.givenNam' }, '.2.source: name.givenNam is no attribute'],
    [{ target: 'title', source: 'groups' }, '.2.source: groups is not available'],
    [
      { target: 'title', expression: 'department' },
      '.2.expression: department belongs to a schema extension: write $Attribute("department")',
    ],
    [
      { target: 'title', expression: '$CInt("x")' },
      '.2.expression: cannot be used for title. $CInt: argument 1',
    ],
  ])('refuse %j', async (line, message) => {
    const errors = await errorsOf(line);
    expect(errors).toHaveLength(1);
    expect(errors[0]!.startsWith(message), errors[0]).toBe(true);
  });

  it('miss what the target requires, once an attribute', async () => {
    expect(await errorsOf({ target: 'title', source: 'title' }, [])).toEqual([
      ': The target requires emails[type eq "work"].value of every user, and nothing is mapped to it. Add a line for it.',
    ]);
  });

  it('are not held against attributes that are only assumed', async () => {
    const [user] = discovery.objectTypes;
    const assumed = { ...discovery, objectTypes: [{ ...user!, assumed: true }] };
    expect(await errorsOf({ target: 'shoeSize', source: 'title' }, [email], assumed)).toEqual([]);
  });

  it('forgive what only some people make fail', async () => {
    expect(await errorsOf({ target: 'title', expression: '$CDate(displayName)' })).toEqual([]);
  });
});

it('a group refers to nobody: its members are written by themselves', async () => {
  const owner = { source: 'externalId', target: 'externalId', kind: 'reference', apply: 'always' } as const;
  const groups = { matching: [], attributes: [owner] };
  const errors = await checkMappings(module, { ...module.manifest.defaultMappings, groups });
  expect(errors.map(({ field }) => field)).toEqual(['mappings.groups.attributes.0.kind']);
});

it('the connectors’ own mappings pass their own check', async () => {
  expect(await checkMappings(module, module.manifest.defaultMappings)).toEqual([]);
});
