/** A user as Entra creates one with the default mapping, about 900 bytes. */
export function entraUser(number: number): Record<string, unknown> {
  const name = `person${number}@contoso.example`;
  return {
    schemas: [
      'urn:ietf:params:scim:schemas:core:2.0:User',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    ],
    externalId: `person${number}`,
    userName: name,
    active: true,
    displayName: `Person ${number}`,
    title: 'Analyst',
    preferredLanguage: 'en-GB',
    name: {
      formatted: `Given${number} Family${number}`,
      givenName: `Given${number}`,
      familyName: `Family${number}`,
    },
    emails: [{ primary: true, type: 'work', value: name }],
    addresses: [
      {
        type: 'work',
        streetAddress: `${number} Market Street`,
        locality: 'Bristol',
        region: 'Avon',
        postalCode: 'BS1 4DJ',
        country: 'GB',
      },
    ],
    phoneNumbers: [
      { type: 'work', value: `+44 117 ${String(number).padStart(7, '0')}` },
      { type: 'mobile', value: `+44 7700 ${String(number).padStart(6, '0')}` },
    ],
    timezone: 'Europe/London',
    userType: 'Employee',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': {
      employeeNumber: String(100000 + number),
      department: `Department ${number % 40}`,
    },
  };
}
