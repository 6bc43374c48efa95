import { describe, expect, it } from 'vitest';
import { readPath } from '../path/read-path.js';
import { userType } from '../schema/resource-type.js';
import { compileExpression } from './compile-expression.js';
import { mappingFunctions } from './functions.js';

const now = new Date('2021-07-02T15:33:38Z');

async function evaluate(text: string, resource: Record<string, unknown> = {}): Promise<unknown> {
  const evaluation = await compileExpression(text).evaluate(resource, {
    now,
    read: (path) => readPath(resource, path, userType),
  });
  if ('error' in evaluation) throw evaluation.error;
  return 'value' in evaluation ? evaluation.value : evaluation.candidates;
}

/** Most of these are the examples of Microsoft's reference for writing expressions for attribute mappings. */
const examples: [expression: string, result: unknown, resource?: Record<string, unknown>][] = [
  ['$Append(upn, ".test")', 'John.Doe@contoso.com.test', { upn: 'John.Doe@contoso.com' }],
  ['$Append(missing, ".test")', undefined],
  ['$Attribute("emails[type eq \\"work\\"].value")', 'a@b.c', { emails: [{ type: 'work', value: 'a@b.c' }] }],
  ['$Attribute("department")', 'R&D', { [userType.extensions[0]!.urn]: { department: 'R&D' } }],
  ['$BitAnd("&HF", "&HF7")', 7],
  ['$BitAnd(512, 2)', 0],
  ['$CBool(a = b)', true, { a: 'x', b: 'x' }],
  ['$CBool("0")', false],
  ['$CBool("False")', false],
  ['$CDate("2020-03-16-07:00")', '3/16/2020 7:00:00 AM'],
  ['$CDate("2021-06-30+08:00")', '6/29/2021 4:00:00 PM'],
  ['$CDate("2009-06-15T01:45:30-07:00")', '6/15/2009 8:45:30 AM'],
  ['$CDate(missing)', undefined],
  ['$CInt("0042")', 42],
  ['$CInt(7.9)', 7],
  ['$CInt(true)', 1],
  ['$CStr(12)', '12'],
  ['$CStr(true)', 'True'],
  ['$Coalesce(mail, upn)', 'John.Doe@contoso.com', { upn: 'John.Doe@contoso.com' }],
  ['$Coalesce(mail, nick, "")', ''],
  ['$ConvertToBase64("Hello world!")', 'SABlAGwAbABvACAAdwBvAHIAbABkACEA'],
  ['$ConvertToUTF8Hex("Hello world!")', '48656C6C6F20776F726C6421'],
  ['$Count(emails)', 2, { emails: ['a', 'b'] }],
  ['$Count(emails)', 1, { emails: 'a' }],
  ['$Count(emails)', 0],
  ['$DateAdd("d", 7, $CDate("2012-03-16-07:00"))', '3/23/2012 7:00:00 AM'],
  ['$DateAdd("d", -10, $CDate("2012-03-16-07:00"))', '3/6/2012 7:00:00 AM'],
  ['$DateAdd("ww", 2, $CDate("2012-03-16-07:00"))', '3/30/2012 7:00:00 AM'],
  ['$DateAdd("m", 10, $CDate("2012-03-16-07:00"))', '1/16/2013 7:00:00 AM'],
  ['$DateAdd("yyyy", 2, $CDate("2012-03-16-07:00"))', '3/16/2014 7:00:00 AM'],
  ['$DateAdd("m", 1, "2026-01-31")', '2/28/2026 12:00:00 AM'],
  ['$DateAdd("yyyy", 1, "2024-02-29")', '2/28/2025 12:00:00 AM'],
  ['$DateDiff("d", "2021-08-18+08:00", "2021-08-31+08:00")', 13],
  ['$DateDiff("d", "8/25/2021 5:41:18 PM", "2012-03-16-07:00")', -3449],
  ['$DateDiff("ww", "8/25/2021 5:41:18 PM", "2012-03-16-07:00")', -493],
  ['$DateDiff("m", "8/25/2021 5:41:18 PM", "2012-03-16-07:00")', -113],
  ['$DateDiff("yyyy", "8/25/2021 5:41:18 PM", "2012-03-16-07:00")', -9],
  ['$DateDiff("d", "2021-08-31+08:00", "2021-08-31+08:00")', 0],
  ['$DateDiff("h", "2021-08-24", "2021-08-25")', 24],
  ['$DateDiff("n", "2021-08-24", "2021-08-25")', 1440],
  ['$DateDiff("s", "2021-08-24", "2021-08-25")', 86400],
  ['$DateFromNum("129699324000000000")', '1/1/2012 11:00:00 PM'],
  ['$EndsWith("anna", "na")', true],
  [
    '$FormatDateTime(extensionAttribute1, null, "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")',
    '2015-01-23',
    { extensionAttribute1: '20150123105347.1Z' },
  ],
  ['$FormatDateTime("2026-03-16", null, null, "dddd, d. MMMM yy")', 'Monday, 16. March 26'],
  [
    '$FormatDateTime("3/16/2026 1:05:09 PM", "AssumeUniversal", "M/d/yyyy h:mm:ss tt", "s")',
    '2026-03-16T13:05:09',
  ],
  ['$FormatDateTime(missing, null, null, "s")', undefined],
  ['$IIF(country = "USA", country, department)', 'IT', { country: 'DE', department: 'IT' }],
  ['$IIF($IsPresent(country), country, "Other")', 'Other'],
  ['$InStr("The quick brown fox", "quick")', 5],
  ['$InStr("repEated", "e", 3, "vbBinaryCompare")', 7],
  ['$InStr("repEated", "e", 3, "vbTextCompare")', 4],
  ['$InStr("abc", "x")', 0],
  ['$IsNull(displayName)', true],
  ['$IsNull("")', false],
  ['$IsNullOrEmpty("")', true],
  ['$IsPresent("x")', true],
  ['$IsString("x")', true],
  ['$IsString(7)', false],
  ['$Item(proxies, 1)', 'a', { proxies: ['a', 'b'] }],
  ['$Item(proxies, 3)', undefined, { proxies: ['a', 'b'] }],
  ['$Join(", ", "", surname, givenName)', ', Doe, John', { surname: 'Doe', givenName: 'John' }],
  ['$Join(";", proxies, missing, "c")', 'a;b;c', { proxies: ['a', 'b'] }],
  ['$Join(".", missing)', undefined],
  ['$Left("John Doe", 3)', 'Joh'],
  ['$Left("John", -1)', 'John'],
  ['$Left("John", 0)', ''],
  ['$Left(missing, 3)', ''],
  ['$Len("Zoë")', 3],
  ['$Append($Mid(givenName, 1, 3), $Mid(surname, 1, 5))', 'JohDoe', { givenName: 'John', surname: 'Doe' }],
  ['$Mid("abc", 2, 10)', 'bc'],
  ['$NormalizeDiacritics("Zoë")', 'Zoe'],
  ['$NormalizeDiacritics("Ærøskøbing Łódź Straße Ītalī")', 'AEroeskoebing Lodz Strasse Itali'],
  ['$NormalizeDiacritics("ǟ ḗ ő Œ̄ u̇̄ İı")', 'a e o OE u Ii'],
  ['$Not("True")', false],
  ['$Not(false)', true],
  ['$Not(missing)', true],
  ['$Now()', '7/2/2021 3:33:38 PM'],
  ['$NumFromDate("1601-01-01T00:00:01Z")', '10000000'],
  [
    '$NumFromDate($Join("", $FormatDateTime("2020-12-31-08:00", null, "yyyy-MM-ddzzz", "yyyy-MM-dd"), " 23:59:59-08:00"))',
    '132539615990000000',
  ],
  ['$PCase("PABLO GONSALVES (SECOND)")', 'Pablo Gonsalves (Second)'],
  ['$PCase("PINTO-DE\'SILVA", " \'-")', "Pinto-De'Silva"],
  ['$PCase($Join(" ", "GREGORY", "JAMES"))', 'Gregory James'],
  ['$RemoveDuplicates(proxies)', ['a', 'b'], { proxies: ['a', 'b', 'a'] }],
  [
    '$Replace("Product Developer", "Product Developer", null, null, "Software Engineer")',
    'Software Engineer',
  ],
  [
    '$Replace("jsmith", "<username>", null, null, null, null, "<username>@contoso.com")',
    'jsmith@contoso.com',
  ],
  [
    '$Replace("+91 9998887777", null, "\\\\+(?<isdCode>\\\\d* )(?<phoneNumber>\\\\d{10})", null, "${phoneNumber}")',
    '9998887777',
  ],
  ['$Replace("+1 (999) 888-7777", null, "[()\\\\s-]+", null, "")', '+19998887777'],
  [
    '$Replace("545 Tremont Street", null, "(?<streetNumber>^\\\\d*)", "streetNumber", "888")',
    '888 Tremont Street',
  ],
  ['$Replace("jsmith@contoso.com", null, "(?<Suffix>@(.)*)", "Suffix", "")', 'jsmith'],
  [
    '$Replace("", null, "\\\\+(?<isdCode>\\\\d* )(?<phoneNumber>\\\\d{10})", "phoneNumber", null, "+91 8887779999")',
    '8887779999',
  ],
  ['$Replace("777", null, "(?<n>\\\\d)", "n", null, "+91 8887779999")', '777'],
  ['$Replace("john_doe72", null, "[a-zA-Z_]*", null, "")', '72'],
  ['$Replace("john.doe@contoso.com", "@contoso.com", null, null, "")', 'john.doe'],
  ['$Replace("a-b", null, "(\\\\w)-(\\\\w)", null, "$2$$$1$&")', 'b$aa-b'],
  ['$Right("John Doe", 3)', 'Doe'],
  [
    `$SelectUniqueValue(
       $Join("@", $NormalizeDiacritics($StripSpaces($Join(".", first, last))), "contoso.com"),
       $Join("@", $NormalizeDiacritics($StripSpaces($Join(".", $Mid(first, 1, 1), last))), "contoso.com"),
       "", missing, ["x", "x"])`,
    ['John.Smith@contoso.com', 'J.Smith@contoso.com', 'x'],
    { first: 'John', last: 'Smith' },
  ],
  ['$Split("PermissionSetOne, PermissionSetTwo", ",")', ['PermissionSetOne', 'PermissionSetTwo']],
  ['$Split("one", ",")', ['one']],
  ['$StartsWith("anna", "an")', true],
  ['$StripSpaces(" a b c ")', 'abc'],
  ['$Switch("QLD", "Sydney", "NSW", "Sydney", "QLD", "Brisbane")', 'Brisbane'],
  ['$Switch("qld", "Sydney", "NSW", "Sydney", "QLD", "Brisbane")', 'Sydney'],
  ['$Switch(missing, "Default Value", "true", "1", "", "0")', '0'],
  ['$Switch(true, "?", "True", "yes")', 'yes'],
  ['$ToLower("JOHN")', 'john'],
  ['$ToLower("ISTANBUL", "tr-TR")', 'ıstanbul'],
  ['$ToUpper("straße")', 'STRASSE'],
  ['$Trim("  a ")', 'a'],
  ['$TrimEnd(" a ")', ' a'],
  ['$TrimStart(" a ")', 'a '],
  ['$Word("The quick brown fox", 3, " ")', 'brown'],
  ['$Word("This,string!has&many separators", 3, ",!&#")', 'has'],
  ['$Word("one", 2, " ")', ''],
];

describe('functions of mappings', () => {
  it.each(examples)('%s is %j', async (expression, result, resource) => {
    expect(await evaluate(expression, resource)).toEqual(result);
  });

  it('have an example each', () => {
    const used = new Set(
      examples.flatMap(([text]) => [...text.matchAll(/\$([A-Z]\w*)/g)].map(([, name]) => name)),
    );
    expect([...mappingFunctions.keys()].filter((name) => !used.has(name))).toEqual([]);
  });

  it.each([
    ['$CDate("soon")', /\$CDate: argument 1 \(expression\) is no date: "soon"\. Give one such as 2026-03-16/],
    ['$DateAdd("day", 1, "2026-01-01")', /\$DateAdd: argument 1 \(interval\) is "day"\. Give one of yyyy, m/],
    ['$DateAdd("yyyy", 9000, "2026-01-01")', /argument 2 \(value\) leads out of the years/],
    ['$Mid("abc", 0, 1)', /\$Mid: argument 2 \(start\) is 0\. The first character is 1/],
    ['$Left("abc", "x")', /\$Left: argument 2 \(numChars\) needs a number, and is "x"/],
    ['$Item(emails, 0)', /\$Item: argument 2 \(index\)/],
    ['$ToLower(emails)', /\$ToLower: argument 1 \(source\) needs one text, and is a list\. Pick one/],
    ['$Join(" ", name)', /\$Join: argument 2 \(source1\) holds objects/],
    ['$FormatDateTime("x", null, "yyyy", "s")', /"x" does not have the format yyyy/],
    ['$FormatDateTime("2026-02-30", null, "yyyy-MM-dd", "s")', /does not have the format/],
    [
      '$FormatDateTime("2026", "Soon", "yyyy", "s")',
      /argument 2 \(dateTimeStyles\) has the unknown style "Soon"/,
    ],
    ['$InStr("a", "a", 1, "x")', /vbTextCompare/],
    ['$ToUpper("a", "x-")', /"x-" is no culture/],
    ['$Replace("a", null, null)', /\$Replace: argument 2 \(oldValue\) is missing/],
    ['$Replace("b", null, "b", "c", "d")', /\$Replace: argument 3 \(regexPattern\) has no group "c"/],
    ['$Split("a", "")', /\$Split: argument 2 \(delimiter\) is empty/],
    ['$IIF("perhaps", 1, 2)', /\$IIF: argument 1 \(condition\) is neither true nor false/],
    ['$BitAnd("x", 1)', /\$BitAnd: argument 1/],
    ['$DateFromNum("x")', /\$DateFromNum: argument 1/],
  ])('%s fails with the argument and the remedy', async (expression, message) => {
    const resource = { emails: ['a', 'b'], name: { givenName: 'A' } };
    const said = await evaluate(expression, resource).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(said).toMatch(message);
  });
});
