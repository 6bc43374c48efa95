import type { ResultCodeError } from 'ldapts';
import type { Refusal } from '../../contract.js';
import { refusalOf } from '../ldap/result-codes.js';

/** Why a bind was refused: the "data" in the message of result code 49, in hex (winerror.h). */
const bindRefusals: Record<string, [why: string, remedy: string]> = {
  '525': ['There is no such account.', 'Correct the service account in the credentials.'],
  '52e': ['The name or the password is wrong.', 'Correct name and password of the service account.'],
  '530': ['The account may not sign in at this hour.', 'Take the logon hours off the service account.'],
  '531': ['The account may not sign in from here.', 'Take the logon workstations off the service account.'],
  '532': ['The password has expired.', 'Set a new password that never expires, and give it here.'],
  '533': ['The account is disabled.', 'Enable the service account.'],
  '568': ['The account is in too many groups.', 'Take the service account out of groups it does not need.'],
  '701': ['The account has expired.', 'Take the expiry date off the service account.'],
  '773': [
    'The account has to change its password.',
    'Set a password for the service account that need not be changed, and give it here.',
  ],
  '775': [
    'The account is locked after too many wrong passwords.',
    'Unlock the service account, and correct the password here.',
  ],
};

type Rejection = [code: string, message: string | undefined, remedy: string, attribute?: string];

/** Error numbers of Windows at the start of a message ("0000052D: …"); Samba gives the same for many. */
const byNumber: Record<string, Rejection> = {
  '0000001F': [
    'password-unsafe',
    'The domain controller takes no password over this connection.',
    'Set the encryption to starttls or ldaps.',
    'unicodePwd',
  ],
  '0000052D': [
    'weak-password',
    'The password does not meet the password policy of the domain.',
    'Map a password that does, or none: a random one is set then.',
    'unicodePwd',
  ],
  '00000057': [
    'unknown-attribute',
    undefined,
    'Take the attribute out of the mapping, or extend the schema (extensionAttribute… comes with Exchange).',
  ],
  '0000200A': [
    'unknown-attribute',
    undefined,
    'Take the attribute out of the mapping, or extend the schema (extensionAttribute… comes with Exchange).',
  ],
  '000020B5': [
    'unknown-reference',
    undefined,
    'The object that is referred to is gone: bring it back, or change the value at the source.',
  ],
  '0000216D': [
    'quota',
    undefined,
    'The service account has made as many objects as it may: give it the right to create them in the OU.',
  ],
};

/** UPN or SPN not unique in the forest, account name in use. */
const takenNumbers = new Set(['000021C7', '000021C8', '00000524', '00000526']);

/** What a refusal of a domain controller means: by the number in its message, else by the code of RFC 4511. */
export function explain(error: ResultCodeError, writing: string[]): Refusal {
  const words = error.message.replace(/\s*Code: 0x[0-9a-f]+$/i, '').trim();
  const answer = `LDAP ${error.code} ${words}`;
  const [, number = ''] = /^([0-9A-F]{8}):/i.exec(words) ?? [];
  const rejection = byNumber[number.toUpperCase()];
  if (rejection) {
    const [code, message = words, remedy, attribute = namedIn(words, writing)] = rejection;
    return {
      kind: 'rejected',
      code,
      message,
      remedy,
      answer,
      ...(attribute !== undefined && { attribute }),
    };
  }
  if (takenNumbers.has(number.toUpperCase()) || /already in use/i.test(words))
    return { kind: 'conflict', message: words, answer };
  return byCode(error, words, answer, writing) ?? refusalOf(error, writing);
}

function byCode(
  { code }: ResultCodeError,
  words: string,
  answer: string,
  writing: string[],
): Refusal | undefined {
  const attribute = namedIn(words, writing);
  const about = attribute === undefined ? {} : { attribute };
  switch (code) {
    case 4:
    case 11:
      return {
        kind: 'rejected',
        code: 'size-limit',
        message: words || 'The domain controller gives no more entries.',
        remedy: 'Lower the page size to MaxPageSize of the query policy (1000) or below.',
        answer,
      };
    case 10:
      return {
        kind: 'rejected',
        code: 'other-domain',
        message: 'This domain controller does not hold that part of the directory.',
        remedy: 'Give the OUs of its own domain, or a domain controller of theirs.',
        answer,
      };
    case 19:
      return {
        kind: 'rejected',
        code: 'constraint',
        message: words,
        remedy: 'The value is too long, or not of the form the attribute takes: change it in the mapping.',
        answer,
        ...about,
      };
    case 49: {
      const [, data = ''] = /data ([0-9a-f]+)/i.exec(words) ?? [];
      const [why, remedy] = bindRefusals[data.toLowerCase()] ?? [
        words,
        'Check the service account and its password.',
      ];
      return { kind: 'denied', message: why, remedy, answer };
    }
    case 50:
      return {
        kind: 'denied',
        message: words,
        remedy:
          'Delegate the right to the service account on the OU (dsacls, or Delegation of Control); see the required rights of the connector.',
        answer,
      };
    case 65:
      return {
        kind: 'rejected',
        code: 'schema',
        message: words,
        remedy: 'Take the attribute out of the mapping: such objects do not have it.',
        answer,
        ...about,
      };
    default:
      return undefined;
  }
}

/** Samba quotes it; Windows tells it after "Att" as a number and its name in parentheses. */
function namedIn(words: string, writing: string[]): string | undefined {
  const [, quoted] = /attribute '([\w;-]+)'/i.exec(words) ?? [];
  const [, named] = /\bAtt [0-9a-f]+ \(([\w-]+)\)/i.exec(words) ?? [];
  const found = (quoted ?? named)?.toLowerCase();
  const said = new Set(words.toLowerCase().split(/[^a-z0-9-]+/));
  return writing.find((attribute) =>
    found === undefined ? said.has(attribute.toLowerCase()) : attribute.toLowerCase() === found,
  );
}
