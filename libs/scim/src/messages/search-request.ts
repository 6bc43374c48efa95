import { isObject } from '../json.js';
import { noteSchema, type Warning } from '../resource/warning.js';
import { badRequest, describeValue } from '../scim-error.js';
import { searchRequestUrn } from './urns.js';

/** What a query asks for, whether it came in the address or in a body: RFC 7644 sections 3.4.2 and 3.4.3. */
export interface SearchParameters {
  filter?: string;
  sortBy?: string;
  sortOrder?: string;
  startIndex?: string;
  count?: string;
  /** "" asks for the first page: RFC 9865 section 2. */
  cursor?: string;
  attributes?: string;
  excludedAttributes?: string;
}

const texts = ['filter', 'sortBy', 'sortOrder', 'cursor'] as const;
const numbers = ['startIndex', 'count'] as const;
const lists = ['attributes', 'excludedAttributes'] as const;

/**
 * Reads the body of POST .search into the same parameters as a query has them. Null is "not given".
 * Throws ScimError 400 (invalidSyntax, invalidValue) naming the parameter.
 */
export function parseSearchRequest(body: unknown, warnings: Warning[] = []): SearchParameters {
  if (!isObject(body))
    throw badRequest('invalidSyntax', `Expected a ${searchRequestUrn}, got ${describeValue(body)}.`);
  noteSchema(body, searchRequestUrn, warnings);
  const parameters: SearchParameters = {};
  const read = (name: keyof SearchParameters, isRight: (value: unknown) => boolean, expected: string) => {
    const value = body[name] ?? undefined;
    if (value === undefined) return;
    if (!isRight(value))
      throw badRequest('invalidValue', `${name}: expected ${expected}, got ${describeValue(value)}.`);
    parameters[name] = String(value);
  };
  for (const name of texts) read(name, (value) => typeof value === 'string', 'text');
  for (const name of numbers) {
    read(name, (value) => typeof value === 'string' || Number.isSafeInteger(value), 'a whole number');
    if (typeof body[name] === 'string') {
      warnings.push({ path: name, detail: `${name} was sent as text and read as a number.` });
    }
  }
  for (const name of lists) {
    read(name, isTextOrTexts, 'a list of attribute names');
    if (typeof body[name] === 'string') {
      warnings.push({ path: name, detail: `${name} is a list; names separated by commas were taken apart.` });
    }
  }
  return parameters;
}

const isTextOrTexts = (value: unknown) => [value].flat().every((item) => typeof item === 'string');
