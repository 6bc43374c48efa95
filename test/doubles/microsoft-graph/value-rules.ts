import type { Json } from './graph-error.js';
import { badRequest } from './graph-error.js';

export function checkNewUser(body: Json, domains: string[]): void {
  for (const name of [
    'accountEnabled',
    'displayName',
    'mailNickname',
    'userPrincipalName',
    'passwordProfile',
  ])
    if (body[name] === undefined || body[name] === null)
      throw badRequest(`A value is required for property '${name}' of resource 'User'.`, [
        { code: 'MissingValue', target: name },
      ]);
  checkUserValues(body, domains);
}

export function checkUserValues(body: Json, domains: string[]): void {
  const name = body.userPrincipalName;
  if (name !== undefined) {
    const match = /^([A-Za-z0-9'._\-!#^~]+)@([A-Za-z0-9.-]+)$/.exec(String(name));
    if (!match)
      throw badRequest('Property userPrincipalName is invalid.', [
        { code: 'InvalidValue', target: 'userPrincipalName' },
      ]);
    if (!domains.includes(match[2]!.toLowerCase()))
      throw badRequest(
        'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
        [{ code: 'InvalidValue', target: 'userPrincipalName' }],
      );
  }
  if (/[\s@]/.test(String(body.mailNickname ?? '')) || String(body.mailNickname ?? '').length > 64)
    throw badRequest("Invalid value specified for property 'mailNickname' of resource 'User'.", [
      { code: 'InvalidValue', target: 'mailNickname' },
    ]);
  if ((body.businessPhones?.length ?? 0) > 1)
    throw badRequest("Invalid value specified for property 'businessPhones' of resource 'User'.", [
      { code: 'InvalidValue', target: 'businessPhones' },
    ]);
  if (body.usageLocation !== undefined && !/^[A-Z]{2}$/.test(String(body.usageLocation)))
    throw badRequest("Invalid value specified for property 'usageLocation' of resource 'User'.", [
      { code: 'InvalidValue', target: 'usageLocation' },
    ]);
  const password = body.passwordProfile?.password;
  if (password !== undefined && !isStrong(String(password)))
    throw badRequest(
      'The specified password does not comply with password complexity requirements. Please provide a different password.',
      [{ code: 'PasswordPolicyViolation', target: 'password' }],
    );
}

export function checkNewGroup(body: Json): void {
  for (const name of ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled'])
    if (body[name] === undefined || body[name] === null)
      throw badRequest(`A value is required for property '${name}' of resource 'Group'.`, [
        { code: 'MissingValue', target: name },
      ]);
  if (
    !/^[\x21-\x7e]{1,64}$/.test(String(body.mailNickname)) ||
    /[@()\\[\]";:<>,]/.test(String(body.mailNickname))
  )
    throw badRequest("Invalid value specified for property 'mailNickname' of resource 'Group'.", [
      { code: 'InvalidValue', target: 'mailNickname' },
    ]);
  const unified = (body.groupTypes ?? []).includes('Unified');
  if (body.mailEnabled !== unified)
    throw badRequest(
      'The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.',
    );
}

const isStrong = (password: string): boolean =>
  password.length >= 8 &&
  [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length >= 3;
