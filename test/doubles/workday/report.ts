import type { ServerResponse } from 'node:http';

/** A custom report that is enabled as a web service. */
export interface Report {
  owner: string;
  name: string;
  /** In their order. */
  columns: string[];
  /** Those it knows. Any other is refused. */
  prompts: string[];
  rows(prompts: Record<string, string>): Iterable<Record<string, unknown>>;
}

export interface ReportFaults {
  /** The answer ends after so many bytes, as if it were all. */
  truncateAt?: number;
  /** The connection is cut after so many bytes. */
  cutAt?: number;
  /** Between rows. */
  slowMs?: number;
}

/** One answer however long it is: reports have no pages. It is written as fast as it is read. */
export async function writeReport(
  response: ServerResponse,
  report: Report,
  format: string,
  prompts: Record<string, string>,
  faults: ReportFaults,
): Promise<void> {
  const json = format === 'json';
  const found = report.rows(prompts);
  response.writeHead(200, { 'content-type': json ? 'application/json' : 'text/csv; charset=utf-8' });
  let sent = 0;
  const write = async (text: string): Promise<boolean> => {
    const limit = faults.truncateAt ?? faults.cutAt ?? Infinity;
    const bytes = Buffer.from(text).subarray(0, Math.max(0, limit - sent));
    sent += bytes.length;
    if (!response.write(bytes) && !response.destroyed) await drained(response);
    if (sent < limit) return !response.destroyed;
    if (faults.cutAt === undefined) response.end();
    else response.destroy();
    return false;
  };
  let chunk = json ? '{"Report_Entry":[' : `${report.columns.map(csvCell).join(',')}\r\n`;
  let rows = 0;
  for (const row of found) {
    chunk += json
      ? `${rows > 0 ? ',' : ''}${JSON.stringify(row)}`
      : `${report.columns.map((name) => csvCell(row[name])).join(',')}\r\n`;
    rows += 1;
    if (faults.slowMs) await new Promise((resolve) => setTimeout(resolve, faults.slowMs));
    if (chunk.length < 32_768 && !faults.slowMs) continue;
    if (!(await write(chunk))) return;
    chunk = '';
  }
  if (json && rows === 0) chunk = '{}';
  else if (json) chunk += ']}';
  if (await write(chunk)) response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

function csvCell(value: unknown): string {
  const text =
    value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
