import { secret } from './fields.js';

/** The schema of credentials of which there are several kinds, told apart by `type`. */
export const credentialsOf = (kinds: object[]) => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: kinds,
});

export const password = (description: string) => secret('Password', description, 1000);

/** What the hub shows a server in place of a password, or beside it. */
export const certificate = (description: string) => ({
  title: 'Certificate',
  description,
  type: 'string',
  pattern: '-----BEGIN CERTIFICATE-----',
  maxLength: 100_000,
});

export const privateKey = (description: string) => ({
  ...secret('Private key', description, 100_000),
  pattern: '-----BEGIN [A-Z ]*PRIVATE KEY-----',
});
