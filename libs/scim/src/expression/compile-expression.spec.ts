import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPath } from '../path/read-path.js';
import { userType } from '../schema/resource-type.js';
import { compileExpression } from './compile-expression.js';

const now = new Date('2026-01-02T03:04:05Z');
const person = {
  userName: 'ada@example.com',
  name: { givenName: 'Ada' },
  emails: [
    { type: 'work', value: 'a@w' },
    { type: 'home', value: 'a@h' },
  ],
};
const given = (resource: Record<string, unknown>, at = now) => ({
  now: at,
  read: (path: string) => readPath(resource, path, userType),
});
const evaluate = (text: string, resource: Record<string, unknown> = person) =>
  compileExpression(text).evaluate(resource, given(resource));
const failing = async (text: string, resource?: Record<string, unknown>) => {
  const evaluation = await evaluate(text, resource);
  return 'error' in evaluation ? evaluation.error.message : JSON.stringify(evaluation);
};

describe('an expression', () => {
  it('is JSONata over the user, and its result plain JSON', async () => {
    expect(await evaluate('emails[type = "work"].value')).toEqual({ value: 'a@w' });
    const list = (await evaluate('emails.value')) as { value: unknown };
    expect(list.value).toEqual(['a@w', 'a@h']);
    expect(Object.keys(list.value as object)).toEqual(['0', '1']);
    expect(await evaluate('{"a": [name.givenName, null]}')).toEqual({ value: { a: ['Ada', null] } });
    expect(await evaluate('nothing.here')).toEqual({ value: undefined });
    expect(await evaluate('userName ~> $Left(3) ~> $ToUpper')).toEqual({ value: 'ADA' });
  });

  it('knows no clock: the time is given', async () => {
    expect(await evaluate('$now()')).toEqual({ value: '2026-01-02T03:04:05.000Z' });
    expect(await evaluate('$millis()')).toEqual({ value: now.getTime() });
    expect(await evaluate('$fromMillis($toMillis("12:30", "[H01]:[m01]"))')).toEqual({
      value: '2026-01-02T12:30:00.000Z',
    });
  });

  it('leaves the user as it was, for every other mapping', async () => {
    const before = structuredClone(person);
    await evaluate('$merge([$, {"userName": "eve"}])');
    expect(person).toEqual(before);
  });

  it.each([
    ['an endless loop', '($f := function($x){ $f($x) }; $f(1))', /takes too long/],
    ['recursion', '($f := function($x){ $f($x) + 1 }; $f(1))', /nested too deeply/],
    ['a range', '[1..1000000]', /more than 1000 values/],
    ['lists that multiply', '[1..40].([1..40])', /more than 1000 values/],
    ['a text that doubles', '($f := function($s){ $f($s & $s) }; $f("x"))', /more than 5000 characters/],
    ['a regular expression that backtracks', `$match("${'a'.repeat(3_000)}!", /^(a+)+$/)`, /^\{\}$/],
    [
      'replacing by much',
      '($t := $Join("", [1..1000].("aaaaa")); $Replace($t, "a", null, null, $t))',
      /more than 20000/,
    ],
    [
      'searching again and again',
      '($t := $Join("", [1..900].("aaaaa")); [1..900].$Replace($t, null, "(x+x+)+y", null, ""))',
      /takes too long/,
    ],
    ['long lists over and over', '[1..1000].$distinct([1..1000])[0]', /takes too long/],
    [
      'long texts over and over',
      '($t := $Join("", [1..900].("aaaaa")); [1..1000].$PCase($t))',
      /takes too long/,
    ],
    ['a function', '$sum', /is a function/],
    ['no number', '1 / 0', /division by zero/],
    ['a hundred candidates', '$SelectUniqueValue([1..100])', /at most 50/],
  ])('is stopped at %s', async (_, text, message) => {
    expect(await failing(text)).toMatch(message);
  });

  it.each([
    ['$Jion(1, 2)', /\$Jion \(at character 5\) is not known\. Check its spelling/],
    ['$join2(1)', /is not known/],
    ['$toupper("a")', /Write \$ToUpper/],
    ['$Guid()', /\$Guid is not offered: it makes another value each time/],
    ['$RandomString(8)', /Let the app make passwords/],
    ['$map([1], $random)', /\$random is not offered/],
    ['$eval("1")', /\$eval is not offered/],
    ['$clone(name)', /\$clone is not offered/],
    ['$ ~> |name|{"givenName": "Eve"}|', /operator \|/],
    ['$AppRoleAssignmentsComplex(roles)', /Map the attribute roles/],
    ['$Switch(1, 2)', /needs at least 4 arguments, and has 2/],
    ['$Switch(1, 2, 3, 4, 5)', /an even number is due/],
    ['$ToLower(1, 2, 3)', /takes at most 2 arguments, and has 3/],
    ['$unknown', /is not known/],
    ['$ToLower($SelectUniqueValue("a", "b"))', /outermost function/],
    ['emails@$e.userName', /operators @ and #/],
    ['$contains(userName, /(?=x)/)', /cannot be used.*RE2/],
    ['$Replace(userName, null, "(a", null, "")', /cannot be used/],
    ['1 +', /Unexpected end|expected|end of expression/i],
    ['('.repeat(9_000), /./],
    ['x'.repeat(10_001), /at most 10000 characters/],
  ])('%s is refused when it is read', (text, message) => {
    expect(() => compileExpression(text)).toThrow(message);
  });

  it('takes each value of a list once, whatever the values are', async () => {
    const twice = '[{"a": 1, "b": 2}, 3, {"b": 2, "a": 1}, "3", 3, null]';
    expect(await evaluate(`$distinct(${twice})`)).toEqual({ value: [{ a: 1, b: 2 }, 3, '3', null] });
    expect(await evaluate('$distinct(emails.(type & ""))')).toEqual({ value: ['work', 'home'] });
    expect(await evaluate('$distinct(emails.("x"))')).toEqual({ value: 'x' });
    expect(await evaluate('$distinct(userName)')).toEqual({ value: 'ada@example.com' });
  });

  it('may define functions and variables of its own', async () => {
    const text = '($short := function($s){ $Left($s, 1) }; $dot := "."; $short(name.givenName) & $dot)';
    expect(await evaluate(text)).toEqual({ value: 'A.' });
  });

  it('tells what it reads', () => {
    const { reads, paths } = compileExpression(
      '$IIF(active, emails[type = userType].value, name.givenName) & $Attribute("department") & `urn:x:1.0:Y`.z',
    ).inspected;
    expect(reads).toEqual([['active'], ['emails', 'value'], ['name', 'givenName'], ['urn:x:1.0:Y', 'z']]);
    expect(paths).toEqual(['department']);
  });

  it('gives the same for the same user, however many are evaluated at once', async () => {
    const compiled = compileExpression(
      '$Replace(userName, null, "@.*", null, "") & $now() & $match(userName, /a+/)[0].match',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 20 }), { maxLength: 8 }), async (names) => {
        const times = names.map((_, at) => new Date(at * 1_000));
        const each = await Promise.all(
          names.map((userName, at) => compiled.evaluate({ userName }, given({ userName }, times[at]))),
        );
        for (const [at, userName] of names.entries()) {
          expect(await compiled.evaluate({ userName }, given({ userName }, times[at]))).toEqual(each[at]);
        }
      }),
      { numRuns: 30 },
    );
  });
});
