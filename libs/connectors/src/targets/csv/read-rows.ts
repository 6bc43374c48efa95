import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import iconv from 'iconv-lite';
import { later, rejected } from './refusals.js';
import { type Format, unguardFormula } from './rows-as-text.js';

export interface ReadRow {
  /** Of the file, from 1, where the row begins. */
  line: number;
  values: string[];
  /** Why the row cannot be used. */
  wrong?: string;
}

export interface RowsOfFile {
  columns: string[];
  rows: AsyncIterable<ReadRow>;
}

/** A group with its members in one column may be long. */
const longestRow = 16 << 20;

/**
 * Rows of a file as it streams in; memory does not grow with it.
 * @param given the columns of a file without a header
 * @throws Refused where the file cannot be read at all
 */
export async function readRows(
  source: AsyncIterable<Buffer>,
  format: Format,
  name: string,
  given: string[],
): Promise<RowsOfFile> {
  const raw = rawRows(source, format, name);
  if (!format.header) return { columns: given, rows: checked(raw, given.length, format) };
  const first = await raw.next();
  if (first.done) return { columns: [], rows: none() };
  const columns = first.value.values.map((title) => title.trim());
  const twice = columns.find((title, at) => title !== '' && columns.indexOf(title) !== at);
  if (twice !== undefined) {
    await raw.return(undefined);
    throw rejected('bad-file', `${name} has two columns "${twice}".`, 'Give each column a title of its own.');
  }
  return { columns, rows: checked(raw, columns.length, format) };
}

async function* none(): AsyncGenerator<ReadRow> {}

async function* checked(
  raw: AsyncIterable<ReadRow>,
  columns: number,
  { guardFormulas }: Format,
): AsyncGenerator<ReadRow> {
  for await (const { line, values } of raw) {
    const wrong =
      values.length !== columns
        ? `has ${values.length} fields instead of ${columns}`
        : values.some((value) => value.includes('\uFFFD'))
          ? 'has characters that are not of the encoding'
          : undefined;
    yield {
      line,
      values: guardFormulas ? values.map(unguardFormula) : values,
      ...(wrong !== undefined && { wrong }),
    };
  }
}

async function* rawRows(
  source: AsyncIterable<Buffer>,
  { encoding, delimiter, quote }: Format,
  name: string,
): AsyncGenerator<ReadRow, undefined, undefined> {
  const parser = parse({
    delimiter,
    quote,
    escape: quote,
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: longestRow,
    record_delimiter: ['\r\n', '\n', '\r'],
  });
  let failure: Error | undefined;
  const text = Readable.from(decoded(source, encoding));
  text.on('error', (error) => {
    failure = error;
    parser.destroy(error);
  });
  text.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>)
      yield { line: info.lines - linesWithin(record), values: record };
  } catch (error) {
    if (failure) throw failure;
    const { code, message } = error as CsvError;
    if (!code?.startsWith('CSV_')) throw later(`${name} could not be read: ${message}`);
    throw rejected(
      'bad-file',
      `${name} is not well-formed: ${message}.`,
      'Correct the file, or delimiter, quote and encoding in the settings.',
    );
  } finally {
    text.destroy();
  }
  return undefined;
}

/** Counted to the end of the row by the parser. */
const linesWithin = (record: string[]): number =>
  record.reduce((lines, value) => lines + (value.match(/\r\n|\n|\r/g)?.length ?? 0), 0);

async function* decoded(source: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(encoding);
  for await (const chunk of source) {
    const text = decoder.write(chunk);
    if (text !== '') yield text;
  }
  const rest = decoder.end();
  if (rest) yield rest;
}
