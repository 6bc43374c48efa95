import { pipeline, type Readable, Transform } from 'node:stream';
import { parse as parseCsv } from 'csv-parse';
import type { Refusal } from '../../contract.js';
import { failureOf, type HttpFailure } from '../../http/exchange.js';
import { rateHints } from '../../http/rate-hints.js';
import { refusalOfFailure } from '../../http/refusal-of-failure.js';
import { JsonRows, type Row } from './json-rows.js';
import { addressRemedy, refusalOf } from './refusal.js';
import type { Session } from './session.js';
import type { WorkdaySettings } from './settings.js';

export interface OpenReport {
  next(): Promise<{ row: Row } | { done: true; cutShort?: string }>;
  close(): void;
}

/** A report's address: prompts are its query. */
function reportUrl(
  base: string,
  { tenant, report = '', reportFormat, reportPrompts }: WorkdaySettings,
  prompts: Record<string, string> = {},
): URL {
  const path = report.split('/').map(encodeURIComponent).join('/');
  const url = new URL(`${base}/ccx/service/customreport2/${encodeURIComponent(tenant)}/${path}`);
  url.searchParams.set('format', reportFormat);
  for (const [name, value] of Object.entries({ ...reportPrompts, ...prompts }))
    url.searchParams.set(name, value);
  // URLSearchParams writes a space as "+", which Workday takes literally.
  url.search = url.search.replaceAll('+', '%20');
  return url;
}

type Opened =
  | { kind: 'answer'; status: number; report: OpenReport; refused?: undefined }
  | { kind: 'answer'; status: number; refused: Refusal }
  | HttpFailure;

/** Begins to read a report. Rows are taken from the socket only as they are asked for. */
export async function openReport(
  session: Session,
  prompts: Record<string, string> = {},
): Promise<{ report: OpenReport; refused?: undefined } | { refused: Refusal; failure?: HttpFailure }> {
  const url = reportUrl(session.base, session.settings, prompts);
  const signed = await session.signedIn((token) => request(session, url, token));
  if ('refused' in signed) return signed;
  const { answer } = signed;
  if (answer.kind === 'failure')
    return { refused: refusalOfFailure(answer, 'read', addressRemedy), failure: answer };
  return answer;
}

async function request(session: Session, url: URL, token: string | undefined): Promise<Opened> {
  const { settings, runtime } = session;
  try {
    const answer = await session.agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: {
        ...session.signIn.httpHeaders(token),
        accept: settings.reportFormat === 'csv' ? 'text/csv' : 'application/json',
        'user-agent': runtime.userAgent,
      },
      headersTimeout: settings.timeoutMs,
      bodyTimeout: settings.timeoutMs,
    });
    session.noteClock(answer.headers.date);
    const status = answer.statusCode;
    if (status === 200) return { kind: 'answer', status, report: readReport(answer.body, settings) };
    const text = await beginningOf(answer.body);
    const hints = rateHints(answer.headers, Date.now());
    return { kind: 'answer', status, refused: reportRefusal(status, text, settings, hints) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return failureOf(error as Error, !/^E(CONNREFUSED|HOSTUNREACH|NETUNREACH)$/.test(code ?? ''), url);
  }
}

function reportRefusal(
  status: number,
  text: string,
  { report }: WorkdaySettings,
  hints: ReturnType<typeof rateHints>,
): Refusal {
  if (status === 404)
    return {
      kind: 'rejected',
      code: 'no-report',
      message: `Workday has no report ${report} that is enabled as a web service, or this user may not see it.`,
      remedy:
        'Compare owner and name with Actions → Web Service → View URLs of the report, and share it with the user.',
      answer: 'HTTP 404',
    };
  if (/not a valid ID value|invalid (?:ID|instance)/i.test(text))
    return {
      kind: 'not-found',
      message: 'Workday does not know the worker of the prompt.',
      answer: `HTTP ${status}`,
    };
  return refusalOf({ status, hints }, 'read', Date.now());
}

async function beginningOf(body: Readable): Promise<string> {
  let text = '';
  try {
    for await (const chunk of body) {
      text += (chunk as Buffer).toString('utf8');
      if (text.length > 10_000) break;
    }
  } catch {
    // What was read of it will do.
  }
  return text;
}

function readReport(body: Readable, settings: WorkdaySettings): OpenReport {
  // It may break while nobody reads; the next to read is told.
  body.on('error', () => undefined);
  const rows = settings.reportFormat === 'csv' ? csvRows(body, settings) : jsonRows(body, settings);
  const close = () => {
    body.destroy();
    void rows.return(undefined).catch(() => undefined);
  };
  return {
    async next() {
      try {
        const { value, done } = await rows.next();
        return done ? { done: true, ...(value && { cutShort: value }) } : { row: value };
      } catch (error) {
        close();
        const { message, code } = error as NodeJS.ErrnoException;
        // The message of a SyntaxError repeats the text.
        const why = error instanceof SyntaxError ? 'a row is not JSON' : (code ?? message);
        return { done: true, cutShort: `The report broke off: ${why}.` };
      }
    },
    close,
  };
}

type Rows = AsyncGenerator<Row, string | undefined, undefined>;

async function* jsonRows(body: Readable, { maxReportBytes }: WorkdaySettings): Rows {
  const parser = new JsonRows();
  const decoder = new TextDecoder();
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > maxReportBytes) return tooLong(maxReportBytes);
    yield* parser.push(decoder.decode(chunk as Buffer, { stream: true }));
  }
  return parser.complete || parser.empty
    ? undefined
    : 'The report ends in the middle: what did not come is not gone.';
}

async function* csvRows(body: Readable, { maxReportBytes, reportColumns }: WorkdaySettings): Rows {
  let size = 0;
  let over = false;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      over ||= size > maxReportBytes;
      done(null, over ? null : chunk);
    },
  });
  let isReport = false;
  const ids = ['wid', 'workerId', reportColumns.wid, reportColumns.workerId];
  const columns = (header: string[]) => {
    isReport = header.some((column) => ids.includes(column));
    if (!isReport) throw new Error(noIdColumn);
    return header;
  };
  const parser = parseCsv({ columns, bom: true, skip_empty_lines: true });
  pipeline(body, counted, parser, () => undefined);
  for await (const row of parser) yield row as Row;
  if (over) return tooLong(maxReportBytes);
  return isReport ? undefined : 'The answer is empty: a report as CSV begins with a row of column names.';
}

const noIdColumn = 'the first line has no column of wid or workerId';

const tooLong = (bytes: number) =>
  `The report is longer than ${bytes} bytes. Raise the largest report in the settings, or limit the report.`;
