import type { SubjectType } from '../../contract.js';

/**
 * Characters an attribute may have: rangeUpper of the schema of Windows Server 2016. Samba keeps to none of it, and
 * domain controllers say "constraint violation" without a word of the attribute.
 */
export const mostCharacters: Record<string, number> = {
  adminDescription: 1024,
  businessCategory: 128,
  cn: 64,
  co: 128,
  company: 64,
  department: 64,
  description: 1024,
  displayName: 256,
  division: 256,
  employeeID: 16,
  employeeNumber: 512,
  employeeType: 256,
  facsimileTelephoneNumber: 64,
  generationQualifier: 64,
  givenName: 64,
  homePhone: 64,
  info: 1024,
  initials: 6,
  ipPhone: 64,
  l: 128,
  mail: 256,
  middleName: 64,
  mobile: 64,
  otherMobile: 64,
  otherTelephone: 64,
  pager: 64,
  personalTitle: 64,
  physicalDeliveryOfficeName: 128,
  postalCode: 40,
  postOfficeBox: 40,
  proxyAddresses: 1123,
  sAMAccountName: 256,
  sn: 64,
  st: 128,
  street: 1024,
  streetAddress: 1024,
  telephoneNumber: 64,
  title: 128,
  userPrincipalName: 1024,
  wWWHomePage: 2048,
};

/** Of accounts the schema allows 256, the security accounts manager 20 (MS-SAMR section 3.1.1.8.4). */
const mostOfAccountName = 20;

const mostByName = new Map(
  Object.entries(mostCharacters).map(([name, most]) => [name.toLowerCase(), most] as const),
);
const forbiddenInAccountName = /["/\\[\]:;|=,+*?<>@\p{Cc}]/u;

/** What is wrong with a value that the domain would refuse, or take though Windows would not; in words, with the remedy. */
export function wrongValue(
  type: SubjectType,
  attribute: string,
  value: string,
): { message: string; remedy: string } | undefined {
  const name = attribute.toLowerCase();
  const most =
    name === 'samaccountname' && type === 'user' ? mostOfAccountName : (mostByName.get(name) ?? Infinity);
  // As the domain counts: UTF-16 units.
  if (value.length > most)
    return {
      message: `${attribute} has ${value.length} characters; ${most} are allowed.`,
      remedy: `Shorten it in the mapping, such as with $Left(…, ${most}).`,
    };
  return formOf[name]?.(attribute, value);
}

const formOf: Record<string, (attribute: string, value: string) => ReturnType<typeof wrongValue>> = {
  samaccountname(attribute, value) {
    const [character] = forbiddenInAccountName.exec(value) ?? [];
    if (character !== undefined)
      return {
        message: `${attribute} must not have the character ${JSON.stringify(character)}.`,
        remedy: 'Take it out in the mapping: none of " / \\ [ ] : ; | = , + * ? < > @ is allowed.',
      };
    if (/[^. ]/.test(value) && !value.endsWith('.')) return undefined;
    return {
      message: `${attribute} must not end with a dot, and needs something beside dots and spaces.`,
      remedy: 'Take the dot away in the mapping.',
    };
  },
  userprincipalname: (attribute, value) =>
    /^[^\s@]+@[^\s@]+$/.test(value)
      ? undefined
      : {
          message: `${attribute} must be a name and a suffix with an @ between them, such as ada@example.com.`,
          remedy: 'Map such a value, or set the UPN suffix of the connection.',
        },
  c: (attribute, value) =>
    /^[A-Za-z]{2}$/.test(value)
      ? undefined
      : {
          message: `${attribute} must be the two letters of a country (ISO 3166).`,
          remedy: 'Map the two letters, and the name of the country to co.',
        },
};
