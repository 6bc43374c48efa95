/**
 * The values a check lets into a column: `status in ('a', 'b')`, as the servers write it down. Undefined where the check
 * says something else.
 */
export function allowedBy(check: string, column: string): string[] | undefined {
  const clause = check
    .replace(/^CHECK /i, '')
    .replace(/::(text|character varying|bpchar|citext)(\([0-9]+\))?(\[\])?/g, '')
    .replace(/\b_[a-z0-9]+(?=\\?')/g, '')
    .replaceAll("\\'", "'");
  const name = column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const value = "'(?:[^']|'')*'";
  const list = `${value}(?:\\s*,\\s*${value})*`;
  const pattern = new RegExp(
    `^\\(*["\`]?${name}["\`]?\\)?\\s*(?:in\\s*\\((${list})\\)|= ANY \\(\\(?ARRAY\\[(${list})\\]\\)?\\))\\)*$`,
    'i',
  );
  const [, given, array] = pattern.exec(clause) ?? [];
  const values = given ?? array;
  return values === undefined ? undefined : texts(values);
}

/** Of a column declared as enum('a','b'). */
export const enumValues = (declared: string): string[] => texts(declared);

const texts = (list: string): string[] =>
  [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, each]) => each!.replaceAll("''", "'"));
