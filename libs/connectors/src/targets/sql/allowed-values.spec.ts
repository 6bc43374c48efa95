import { describe, expect, it } from 'vitest';
import { allowedBy, enumValues } from './allowed-values.js';

describe('values that a check lets in', () => {
  it.each([
    [
      "CHECK (((status)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[])))",
      ['a', "it's"],
    ],
    ["CHECK ((status = ANY (ARRAY['on'::text, 'off'::text])))", ['on', 'off']],
    ["`status` in ('a','it''s')", ['a', "it's"]],
    ["(`status` in (_utf8mb4\\'a\\',_utf8mb4\\'b\\'))", ['a', 'b']],
    ["status in ('a', 'b')", ['a', 'b']],
  ])('%s', (check, values) => {
    expect(allowedBy(check, 'status')).toEqual(values);
  });

  it.each([
    ["CHECK ((status <> ''::text))"],
    ["`status` in ('a') or `other` > 1"],
    ["`statuses` in ('a')"],
    ['CHECK ((char_length(status) > 3))'],
    ["status in ('a') and kind in ('b')"],
  ])('nothing by %s', (check) => {
    expect(allowedBy(check, 'status')).toBeUndefined();
  });

  it('reads what an enum takes', () => {
    expect(enumValues("enum('a','it''s','c,d')")).toEqual(['a', "it's", 'c,d']);
  });
});
