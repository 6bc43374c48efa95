import { describe, expect, it } from 'vitest';
import { parseXml, Path, splitPath } from './parse-xml.js';
import { attributesWith } from './worker-attributes.js';

describe('XML that is read', () => {
  it.each([
    '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>',
    '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>',
    '<a>&unknown;</a>',
    '<a><b></a>',
    '<a/><b/>',
    'text',
    '',
  ])('refuses %s', (text) => {
    expect(parseXml(text)).toBeUndefined();
  });

  it('knows entities of XML and of characters', () => {
    expect(parseXml('<a>&lt;&amp;&#233;&#x1F600;</a>')!.documentElement!.textContent).toBe('<&é😀');
  });
});

const document = parseXml(
  `<r xmlns:wd="urn:com.workday/bsvc" xmlns:x="urn:x"><wd:A><wd:B wd:n="1">one</wd:B><x:B>other</x:B><wd:B wd:n="2">two</wd:B></wd:A><wd:A><wd:B wd:n="3">three</wd:B><wd:C><wd:D>d</wd:D></wd:C></wd:A></r>`,
)!.documentElement!;

describe('XPath', () => {
  it.each([
    ['wd:A/wd:B', ['one', 'two', 'three']],
    ['wd:A/wd:B/text()', ['one', 'two', 'three']],
    ['wd:A/wd:B/@wd:n', ['1', '2', '3']],
    ["wd:A/wd:B[@wd:n='2']", ['two']],
    ['wd:A/wd:B[last()]', ['two', 'three']],
    ['wd:A[2]/wd:B', ['three']],
    ['wd:A//wd:D', ['d']],
    ['wd:A/wd:C/wd:D | wd:A/wd:B', ['one', 'two', 'three', 'd']],
    ['count(wd:A/wd:B)', ['3']],
    ["concat(wd:A/wd:B, '-', wd:A[2]/wd:B)", ['one-three']],
    ["wd:A/wd:B = 'one'", ['true']],
    ['wd:A/wd:Nothing/wd:B', []],
  ])('%s', (expression, texts) => {
    expect(new Path(expression).texts(document)).toEqual(texts);
  });

  it('walks the first steps of a path, and leaves whole what is more than one', () => {
    expect(splitPath("wd:A/wd:B/wd:C[wd:D='a/b|c']/@wd:n")).toEqual({
      steps: ['A', 'B'],
      rest: "wd:C[wd:D='a/b|c']/@wd:n",
    });
    for (const whole of [
      'wd:A',
      'wd:A//wd:B',
      'wd:A/wd:B | wd:C',
      'wd:A/wd:B + 1',
      'string(wd:A/wd:B)',
      'wd:A/wd:B=1',
    ])
      expect(splitPath(whole)).toEqual({ steps: [], rest: whole });
  });

  it('walks at least to the section in each of the usual paths', () => {
    for (const { paths = [] } of attributesWith(42, {}))
      for (const path of paths) expect(splitPath(path).steps.length).toBeGreaterThan(1);
  });

  it.each(['wd:A[', 'wd:A/wd:B[', 'wd:A/', ''])('refuses %j', (expression) => {
    expect(() => new Path(expression)).toThrow();
  });
});
