import { expect, it } from 'vitest';
import { parseJson } from './parse-json.js';

it.each([
  ['{"a": 1}', { a: 1 }],
  ['0', 0],
  ['null', undefined],
  ['', undefined],
  [' ', undefined],
  ['<html>', undefined],
])('%j', (text, value) => {
  expect(parseJson(text)).toEqual(value);
});
