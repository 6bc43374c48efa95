import { expect, it } from 'vitest';
import type { ReportItem } from './provisioning-report.js';
import { csvHeader, csvRow } from './report-csv.js';

const item: ReportItem = {
  id: 'o1',
  at: new Date(0),
  startedAt: new Date(0),
  connection: { id: 'c1', name: '=cmd|x' },
  subject: { type: 'user', id: 'u1', display: '+ada, "the first"' },
  action: 'create',
  status: 'failed',
  attempts: 2,
  cause: 41,
  configVersion: 3,
  attributes: ['userName', 'title'],
  membersAdded: 0,
  membersRemoved: 0,
  reason: '@import',
  remoteId: null,
  answer: '\tTab',
  error: { kind: 'rejected', code: 'invalidValue', message: 'two\nlines' },
  durationMs: 5,
};

it('quotes what CSV must quote, and disarms what a spreadsheet would run', () => {
  expect(csvRow(item)).toBe(
    `1970-01-01T00:00:00.000Z,o1,1970-01-01T00:00:00.000Z,'=cmd|x,c1,user,u1,"'+ada, ""the first""",create,failed,2,41,3,userName title,0,0,,` +
      `'@import,'\tTab,invalidValue,,"two\nlines",,5\r\n`,
  );
  expect(csvRow({ ...item, reason: ' =1+1' })).toContain(",' =1+1,");
  expect(csvHeader.split(',')).toHaveLength(24);
});
