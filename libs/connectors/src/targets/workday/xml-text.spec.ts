import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml } from './parse-xml.js';
import { escapeText, reference, wd } from './xml-text.js';

const held = fc.string({ unit: 'binary' }).map((text) =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, ''),
);

describe('XML that is sent', () => {
  it('gives any text back to who parses it, in content and in attributes', () => {
    fc.assert(
      fc.property(held, held, (content, value) => {
        const text = `<a xmlns:wd="urn:com.workday/bsvc" wd:b="${escapeText(value)}">${escapeText(content)}</a>`;
        const root = parseXml(text)!.documentElement!;
        expect(root.textContent).toBe(content);
        expect(root.getAttribute('wd:b')).toBe(value);
      }),
    );
  });

  it('is XML whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (content) => {
        expect(parseXml(`<a>${escapeText(content)}</a>`)).toBeDefined();
      }),
    );
  });

  it('leaves out elements without content', () => {
    expect(wd('A', [wd('B', undefined), wd('C', '')]).text).toBe('');
    expect(wd('A', [wd('B', 0), wd('C', false)]).text).toBe('<wd:A><wd:B>0</wd:B><wd:C>false</wd:C></wd:A>');
    expect(reference('Worker_Reference', 'WID', 'a&b').text).toBe(
      '<wd:Worker_Reference><wd:ID wd:type="WID">a&amp;b</wd:ID></wd:Worker_Reference>',
    );
  });
});
