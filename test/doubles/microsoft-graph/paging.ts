import { createHmac, randomBytes } from 'node:crypto';
import type { Json } from './graph-error.js';
import { GraphError } from './graph-error.js';

const key = randomBytes(32);
const seal = (text: string): string =>
  createHmac('sha256', key).update(text).digest('base64url').slice(0, 16);

/** Opaque to clients: one that is changed is refused. */
export function writeToken(content: Json): string {
  const text = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${text}.${seal(text)}`;
}

export function readToken(token: string): Json {
  const [text = '', mark] = token.split('.');
  if (mark !== seal(text))
    throw new GraphError(
      400,
      'Directory_ExpiredPageToken',
      'The specified page token value has expired or is not valid.',
    );
  return JSON.parse(Buffer.from(text, 'base64url').toString()) as Json;
}
