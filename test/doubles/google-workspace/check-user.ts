import { ApiError, invalid, required } from './api-error.js';
import { type Account, type Json } from './account.js';

/** Kinds of list elements: https://developers.google.com/workspace/admin/directory/reference/rest/v1/users */
const kinds: Record<string, string[]> = {
  emails: ['custom', 'home', 'other', 'work'],
  externalIds: ['account', 'custom', 'customer', 'login_id', 'network', 'organization'],
  phones: [
    'assistant',
    'callback',
    'car',
    'company_main',
    'custom',
    'grand_central',
    'home',
    'home_fax',
    'isdn',
    'main',
    'mobile',
    'other',
    'other_fax',
    'pager',
    'radio',
    'telex',
    'tty_tdd',
    'work',
    'work_fax',
    'work_mobile',
    'work_pager',
  ],
  addresses: ['custom', 'home', 'other', 'work'],
};

export const userFields = new Set([
  'name',
  'gender',
  'notes',
  'orgUnitPath',
  'suspended',
  'archived',
  'changePasswordAtNextLogin',
  'includeInGlobalAddressList',
  'ipWhitelisted',
  'recoveryEmail',
  'recoveryPhone',
  'emails',
  'externalIds',
  'relations',
  'phones',
  'organizations',
  'addresses',
  'languages',
  'ims',
  'keywords',
  'locations',
  'websites',
  'posixAccounts',
  'sshPublicKeys',
  'customSchemas',
]);

/** @throws 400 as Google words it */
export function checkUser(account: Account, body: Json, isNew: boolean): void {
  if (isNew && !body.primaryEmail) throw required('primaryEmail');
  if (isNew || 'name' in body) {
    checkName(body.name?.givenName, 'GivenName', isNew);
    checkName(body.name?.familyName, 'FamilyName', isNew);
  }
  if (isNew || 'password' in body) checkPassword(body);
  if (typeof body.orgUnitPath === 'string' && !account.orgUnits.has(body.orgUnitPath))
    throw invalid('Invalid Input: INVALID_OU_ID');
  for (const [list, known] of Object.entries(kinds)) {
    for (const element of (body[list] ?? []) as Json[]) {
      if (element.type !== undefined && !known.includes(element.type))
        throw invalid(`Invalid Input: ${list}`);
      if (element.type === 'custom' && !element.customType) throw invalid(`Invalid Input: ${list}`);
    }
  }
  checkCustomSchemas(account, body.customSchemas ?? {});
}

function checkName(name: unknown, which: string, isNew: boolean): void {
  if (name === undefined && !isNew) return;
  if (typeof name !== 'string' || name === '' || name.length > 60)
    throw invalid(`Invalid Given/Family Name: ${which}`);
}

const hashes: Record<string, RegExp> = {
  MD5: /^[0-9a-f]{32}$/i,
  'SHA-1': /^[0-9a-f]{40}$/i,
  crypt: /^(\$[156]\$|[./0-9A-Za-z]{13}$)/,
};

function checkPassword({ password, hashFunction }: Json): void {
  if (hashFunction !== undefined) {
    const form = hashes[hashFunction];
    if (!form) throw invalid('Invalid Input: hashFunction');
    if (!form.test(password ?? '')) throw invalid('Invalid Password');
    return;
  }
  if (
    typeof password !== 'string' ||
    password.length < 8 ||
    password.length > 100 ||
    !/^[ -~]*$/.test(password)
  )
    throw invalid('Invalid Password');
}

function checkCustomSchemas(account: Account, schemas: Json): void {
  for (const [name, fields] of Object.entries(schemas)) {
    const schema = account.schemas.get(name);
    if (!schema) throw invalid(`Invalid Input: custom schema ${name}`);
    for (const [field, value] of Object.entries((fields ?? {}) as Json)) {
      const known = schema[field];
      if (!known) throw invalid(`Invalid Input: custom field ${name}.${field}`);
      const many = Array.isArray(value) && value.every((each) => each && typeof each === 'object');
      if (value !== null && known.multiValued !== many && known.multiValued)
        throw invalid(`Invalid Input: custom field ${name}.${field}`);
    }
  }
}

/** @throws 403 where the domain is somebody else's, or not verified; 400 where it is no address */
export function checkDomain(account: Account, address: string): void {
  const [local, domain, more] = address.toLowerCase().split('@');
  if (!local || local.length > 64 || !domain || more !== undefined)
    throw invalid('Invalid Input: primary_user_email');
  if (account.domains.has(domain)) return;
  if (account.unverifiedDomains.has(domain))
    throw new ApiError(403, 'forbidden', `The domain ${domain} is not verified.`);
  throw new ApiError(403, 'forbidden', 'Not Authorized to access this resource/api');
}
