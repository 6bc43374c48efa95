import type { ReportItem } from './provisioning-report.js';

const columns: [string, (item: ReportItem) => unknown][] = [
  ['at', ({ at }) => at.toISOString()],
  ['operationId', ({ id }) => id],
  ['startedAt', ({ startedAt }) => startedAt.toISOString()],
  ['connection', ({ connection }) => connection.name ?? connection.id],
  ['connectionId', ({ connection }) => connection.id],
  ['subjectType', ({ subject }) => subject.type],
  ['subjectId', ({ subject }) => subject.id],
  ['subject', ({ subject }) => subject.display],
  ['action', ({ action }) => action],
  ['status', ({ status }) => status],
  ['attempts', ({ attempts }) => attempts],
  ['cause', ({ cause }) => cause],
  ['configVersion', ({ configVersion }) => configVersion],
  ['attributes', ({ attributes }) => attributes.join(' ')],
  ['membersAdded', ({ membersAdded }) => membersAdded],
  ['membersRemoved', ({ membersRemoved }) => membersRemoved],
  ['remoteId', ({ remoteId }) => remoteId],
  ['reason', ({ reason }) => reason],
  ['answer', ({ answer }) => answer],
  ['errorCode', ({ error }) => error?.code ?? error?.kind],
  ['errorAttribute', ({ error }) => error?.attribute],
  ['errorMessage', ({ error }) => error?.message],
  ['remedy', ({ error }) => error?.remedy],
  ['durationMs', ({ durationMs }) => durationMs],
];

export const csvHeader = `${columns.map(([name]) => name).join(',')}\r\n`;

/** RFC 4180. */
export function csvRow(item: ReportItem): string {
  return `${columns.map(([, value]) => cell(value(item))).join(',')}\r\n`;
}

/** What a spreadsheet would take for a formula begins with an apostrophe instead. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' && /^\s*[=+\-@\t\r\n]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
