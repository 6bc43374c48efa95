import { ResultCodeError } from 'ldapts';
import type { Refusal } from '../../contract.js';

/** Ends an operation of the connector with this outcome. */
export class Refused extends Error {
  constructor(
    readonly refusal: Refusal,
    /** Result code of RFC 4511, where the server gave one. */
    readonly code?: number,
  ) {
    super(refusal.message);
  }
}

export const resultCode = {
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  noSuchAttribute: 16,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  invalidAttributeSyntax: 21,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  insufficientAccessRights: 50,
  unwillingToPerform: 53,
  objectClassViolation: 65,
  entryAlreadyExists: 68,
  other: 80,
  assertionFailed: 122,
} as const;

export function isCode(error: unknown, ...codes: number[]): error is Refused {
  return error instanceof Refused && error.code !== undefined && codes.includes(error.code);
}

/** What a refusal of the server means, by its code, its words and the attributes that were written. */
export type Explain = (error: ResultCodeError, writing: string[]) => Refusal;

/** What a result code of RFC 4511 section 4.1.9 and the server's words mean for the engine. */
export function refusalOf(error: ResultCodeError, writing: string[]): Refusal {
  const { code } = error;
  const words = error.message.replace(/ ?Code: 0x[0-9a-f]+$/, '').trim() || nameOf(error);
  const answer = `LDAP ${code} ${words}`;
  const rejected = (reason: string, remedy: string, attribute = attributeIn(words, writing)): Refusal => ({
    kind: 'rejected',
    code: reason,
    message: words,
    remedy,
    answer,
    ...(attribute !== undefined && { attribute }),
  });
  const denied = (remedy: string): Refusal => ({ kind: 'denied', message: words, remedy, answer });
  const retry = (scope: 'object' | 'connection'): Refusal => ({
    kind: 'retry',
    scope,
    message: words,
    answer,
  });
  switch (code) {
    case 4:
    case 11:
      return rejected(
        'size-limit',
        'Raise the limits of the service account at the server: olcLimits with size.soft, size.hard and size.prtotal unlimited.',
      );
    case 7:
    case 48:
    case 49:
      return denied('Check name and password of the service account, and that it is not locked.');
    case 8:
    case 13:
      return denied('The server wants encryption: set it to starttls or ldaps in the settings.');
    case 10:
      return denied('This server is a copy that takes no changes: give the address of the main server.');
    case 12:
      return rejected('unsupported-control', 'The server lacks a feature the connection is set to use.');
    case 17:
      return rejected('unknown-attribute', 'Remove the attribute from the mapping, or add it to the schema.');
    case 19:
      if (/not unique|non-unique/i.test(words)) return { kind: 'conflict', message: words, answer };
      if (/password/i.test(words))
        return rejected('weak-password', 'Map a password that the server’s policy takes.', 'userPassword');
      return rejected('constraint', 'Change the value, or take the attribute out of the mapping.');
    case 16:
    case 18:
    case 20:
    case 21:
      return rejected('invalid-value', 'Map a value of the form the attribute takes.');
    case 32:
      return { kind: 'not-found', message: words, answer };
    case 34:
      return rejected('invalid-name', 'Check the names of entries in the settings and in the mapping.');
    case 50:
      return denied(
        'Give the service account the right to do this; see the required rights of the connector.',
      );
    case 53:
      if (/shadow|read-?only|restricted/i.test(words))
        return denied('The server takes no changes here: give the address of the main server.');
      return rejected('unwilling', 'Check the entries in the settings, and the log of the server.');
    case 64:
    case 67:
      return rejected('naming', 'Check the naming attribute in the settings.');
    case 65:
    case 69:
      return rejected('schema', 'Map what the object classes require, and nothing that they do not allow.');
    case 66:
      return rejected('not-empty', 'Other entries lie below this one: remove them at the server first.');
    case 68:
    case 71:
      return { kind: 'conflict', message: words, answer };
    case 1:
    case 51:
    case 52:
    case 54:
      return retry('connection');
    case 3:
    case 80:
      return retry('object');
    default:
      return rejected(`ldap-${code}`, 'Look up the message in the documentation of the server.');
  }
}

const nameOf = (error: ResultCodeError): string =>
  error.constructor.name.replace(/Error$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, ' ');

/** Servers name the attribute at the start ("mail: value #0 invalid"), in quotes, or somewhere. */
function attributeIn(words: string, writing: string[]): string | undefined {
  const [, quoted] = /attribute '([\w;-]+)'/.exec(words) ?? [];
  if (quoted !== undefined) return quoted;
  const named = new Set(words.toLowerCase().split(/[^a-z0-9;-]+/));
  return writing.find((attribute) => named.has(attribute.toLowerCase()));
}
