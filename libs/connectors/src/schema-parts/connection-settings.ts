import { flag, integer } from './fields.js';

/** Settings that connections of every kind have, and what of them is the same everywhere. */

export const timeoutMs = (description: string, standard: number, maximum = 600_000) =>
  integer('Time-out (ms)', description, 100, maximum, standard);

/** Of a target over HTTP. */
export const callTimeoutMs = (standard: number) =>
  timeoutMs('How long one call may take, from connecting to the end of the answer.', standard);

export const connections = (description: string, maximum: number, standard: number) =>
  integer('Connections', description, 1, maximum, standard);

export const pageSize = (description: string, maximum: number, standard: number) =>
  integer('Page size', description, 1, maximum, standard);

export const maxAnswerBytes = (description: string, standard: number, maximum = 1 << 30) =>
  integer('Largest answer (bytes)', description, 1024, maximum, standard);

/** Of a target over HTTP. */
export const maxCallAnswerBytes = (standard: number) =>
  maxAnswerBytes('A longer answer is cut off.', standard, 256 << 20);

export const caCertificates = (description: string) => ({
  title: 'Trusted certificates',
  description,
  type: 'string',
  pattern: '-----BEGIN CERTIFICATE-----',
  maxLength: 400_000,
});

export const serverName = (description: string) => ({
  title: 'Name in the certificate',
  description,
  type: 'string',
  minLength: 1,
  maxLength: 253,
});

export const writeProbe = (description: string, standard: boolean) =>
  flag('Write in tests', description, standard);
