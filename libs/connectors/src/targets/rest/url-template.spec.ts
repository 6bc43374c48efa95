import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandPath, expandText, parametersOf, parseTemplate } from './url-template.js';

const path = (template: string, values: Record<string, unknown>) =>
  expandPath(parseTemplate(template), (name) => values[name]);

describe('a template', () => {
  it('has parameters in braces, and braces doubled', () => {
    const template = parseTemplate('/a/{id}/{{b}}/{attributes.user-name}');
    expect(parametersOf(template)).toEqual(['id', 'attributes.user-name']);
    expect(expandText(template, () => 'x')).toEqual({ text: '/a/x/{b}/x' });
  });

  it.each([
    ['/users/{id', /brace at character 8/],
    ['/users/{}', /brace at character 8/],
    ['/users/id}', /without its opening/],
    ['/users/{1}', /brace at character 8/],
  ])('%s is refused', (text, message) => {
    expect(() => parseTemplate(text)).toThrow(message);
  });

  it('tells which value is missing', () => {
    expect(path('/users/{id}', {})).toEqual({ missing: 'id' });
    expect(path('/users/{id}', { id: { a: 1 } })).toEqual({ missing: 'id' });
    expect(path('/users/{id}', { id: 7 })).toEqual({ text: '/users/7' });
  });

  it.each(['', '.', '..', '\ud800'])('lets no value %j lead to another address', (id) => {
    expect(path('/users/{id}', { id })).toEqual({ unsafe: 'id' });
    expect(path('/users/{id}/groups', { id })).toEqual({ unsafe: 'id' });
  });

  it('lets dots meet no dots of the template', () => {
    expect(path('/users/.{id}', { id: '.' })).toEqual({ unsafe: 'id' });
    expect(path('/users/{a}{b}', { a: '.', b: '.' })).toEqual({ unsafe: 'b' });
    expect(path('/users/{id}.json', { id: '..' })).toEqual({ text: '/users/...json' });
  });

  it('keeps every value in its place of the address', () => {
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('.', '/', '\\', '%', '2', 'e', '?', '#', '@', ':', ' ', '\n', 'ü') }),
    );
    fc.assert(
      fc.property(value, (id) => {
        const expanded = path('/api/users/{id}/groups', { id });
        if (!('text' in expanded)) return;
        const url = new URL(`https://app.example.com/base${expanded.text}`);
        expect(url.host).toBe('app.example.com');
        expect(url.search + url.hash).toBe('');
        const steps = url.pathname.split('/');
        expect(steps).toHaveLength(6);
        expect(decodeURIComponent(steps[4]!)).toBe(id);
      }),
      { numRuns: 2_000 },
    );
  });
});
