import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Connector, connectorModule, type Outcome, type RemoteObject } from '@rollcall/connectors';
import { Fault, invalidId } from '../doubles/workday/fault.js';
import type { Report } from '../doubles/workday/report.js';
import { startWorkday, type WorkdayDouble } from '../doubles/workday/workday.js';

const module = connectorModule('workday')!;

let double: WorkdayDouble;
const opened: Connector[] = [];
beforeEach(async () => {
  double = await startWorkday();
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await double.stop();
});

const isu = (password = double.accounts.get('isu_rollcall')!.password) => ({
  type: 'isu',
  username: 'isu_rollcall',
  password,
});

function open(settings: object = {}, credentials: object = isu()): Connector {
  const { url, tenant, timeZone } = double;
  const report = { mode: 'raas', report: 'isu_rollcall/All Workers', writeBack: false };
  const connector = module.open({ url, tenant, timeZone, ...report, ...settings }, credentials, {
    userAgent: 'test',
  });
  opened.push(connector);
  return connector;
}

function publish(rows: Report['rows'], further: Partial<Report> = {}): void {
  const columns = ['wid', 'workerId', 'firstName', 'workEmail', 'hireDate', 'lastDay', 'active'];
  double.reports.push({ owner: 'isu_rollcall', name: 'All Workers', columns, prompts: [], rows, ...further });
}

const row = (id: number, further: object = {}) => ({
  wid: `wid-${id}`,
  workerId: String(id),
  firstName: 'Ada "the first", Größe {1}',
  hireDate: '2020-01-06-08:00',
  active: '1',
  ...further,
});
function* rows(count: number) {
  for (let id = 1; id <= count; id += 1) yield row(id);
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(`answered ${JSON.stringify(outcome)}`);
  return outcome.value;
}

async function listAll(connector: Connector, limit?: number) {
  const objects: RemoteObject[] = [];
  for (let cursor: string | undefined; ;) {
    const page = valueOf(await connector.list('user', { cursor, limit }));
    objects.push(...page.objects);
    cursor = page.nextCursor;
    if (cursor === undefined) return { objects, cutShort: page.cutShort };
  }
}

it.each(['json', 'csv'])('14: a report as %s is read row by row', async (reportFormat) => {
  publish(() => rows(250));
  const { objects, cutShort } = await listAll(open({ reportFormat }), 100);
  expect(cutShort).toBeUndefined();
  expect(objects).toHaveLength(250);
  expect(objects[0]).toEqual({
    id: 'wid-1',
    active: true,
    attributes: { ...row(1), active: true },
  });
  expect(double.seen.at(-1)!.path).toBe(
    `/ccx/service/customreport2/contoso/isu_rollcall/All%20Workers?format=${reportFormat}`,
  );
});

it('14: lists within rows stay lists, and an empty report is whole', async () => {
  publish(() => [row(1, { groups: [{ name: 'VPN' }, { name: 'Mail' }] })]);
  const { objects } = await listAll(open());
  expect(objects[0]!.attributes.groups).toEqual([{ name: 'VPN' }, { name: 'Mail' }]);
  double.reports.length = 0;
  publish(() => []);
  expect(await listAll(open())).toEqual({ objects: [], cutShort: undefined });
});

it('14: prompts are sent, and one the report does not know is told', async () => {
  publish(({ Company }) => (Company === 'R&D 1' ? [row(1)] : []), { prompts: ['Company'] });
  expect((await listAll(open({ reportPrompts: { Company: 'R&D 1' } }))).objects).toHaveLength(1);
  expect(double.seen.at(-1)!.path).toContain('Company=R%26D%201');
  expect((await open({ reportPrompts: { Nobody: 'x' } }).list('user', {})).kind).toBe('retry');
});

it('14: 401, 403, 404 and 500 are what they are', async () => {
  publish(() => rows(1));
  expect((await open({}, isu('wrong')).list('user', {})).kind).toBe('denied');
  const missing = await open({ report: 'isu_rollcall/Nothing' }).list('user', {});
  expect(missing).toMatchObject({ kind: 'rejected', code: 'no-report' });
  double.faults = { refuse: { status: 500 } };
  expect(await open().list('user', {})).toMatchObject({ kind: 'retry', scope: 'object' });
  double.faults = {};
  double.accounts.get('isu_rollcall')!.domains.delete('employment');
  const denied = await open().list('user', {});
  expect(denied).toMatchObject({ kind: 'denied', remedy: expect.stringContaining('security group') });
});

it.each(['json', 'csv'])(
  '14: a report as %s that ends in the middle is not taken for whole',
  async (reportFormat) => {
    publish(() => rows(2_000));
    double.faults = { truncateAt: 100_003 };
    const truncated = await listAll(open({ reportFormat }));
    expect(truncated.cutShort).toBeDefined();
    expect(truncated.objects.length).toBeGreaterThan(500);
    expect(truncated.objects.length).toBeLessThan(2_000);
    double.faults = { cutAt: 100_003 };
    expect((await listAll(open({ reportFormat }))).cutShort).toBeDefined();
    double.faults = {};
    expect((await listAll(open({ reportFormat, maxReportBytes: 50_000 }))).cutShort).toContain(
      'longer than 50000',
    );
  },
);

it('14: an empty CSV report with its columns is whole', async () => {
  publish(() => []);
  expect(await listAll(open({ reportFormat: 'csv' }))).toEqual({ objects: [], cutShort: undefined });
});

it.each([
  ['csv', '<!DOCTYPE html>\n<html lang="en">\n<title>Maintenance</title>\n</html>\n'],
  ['csv', '<html>'],
  ['csv', ''],
  ['csv', 'Employee_ID,First_Name\r\n1001,Ada\r\n'],
  ['json', '<html>Maintenance</html>'],
  ['json', ''],
  ['json', '{"Report_Entry":[{"Employee_ID":"1001"},{"Employee_ID":"1002"}]}'],
])('14: what is no report of workers is no empty one (%s, %j)', async (reportFormat, body) => {
  publish(() => rows(1));
  const connector = open({ reportFormat });
  const { token } = valueOf(await connector.changes!('user', {}));
  const instead = () => void (double.faults = { answer: { status: 200, body } });
  instead();
  const listed = await listAll(connector);
  expect(listed.objects).toEqual([]);
  expect(listed.cutShort).toBeDefined();
  instead();
  const changed = valueOf(await connector.changes!('user', { token }));
  expect(changed.cutShort).toBeDefined();
  expect(changed.token).toBeUndefined();
  instead();
  expect((await connector.get('user', 'wid-1')).kind).toBe('retry');
  if (body.includes('Report_Entry')) return;
  instead();
  expect((await connector.changes!('user', {})).kind).toBe('retry');
});

it.each(['json', 'csv'])('14: the id may stand in a column of another name (%s)', async (reportFormat) => {
  publish(() => [{ Employee_ID: '1001', hireDate: '2020-01-06', active: '1' }], {
    columns: ['Employee_ID', 'hireDate', 'active'],
  });
  const listed = await listAll(open({ reportFormat, reportColumns: { workerId: 'Employee_ID' } }));
  expect(listed).toMatchObject({ objects: [{ id: '1001', active: true }], cutShort: undefined });
});

it('14: a slow report is waited for, and one that falls silent is not taken for whole', async () => {
  publish(() => rows(5));
  double.faults = { slowMs: 30 };
  expect((await listAll(open({ timeoutMs: 5_000 }))).objects).toHaveLength(5);
  double.faults = { slowMs: 4_000 };
  const outcome = await open({ timeoutMs: 300 }).list('user', {});
  if (outcome.kind === 'ok') expect(outcome.value.cutShort).toBeDefined();
  else expect(outcome.kind).toBe('retry');
});

it('14: rows that come twice count once, and of several profiles the one at work', async () => {
  publish(() => [
    row(1),
    row(1),
    row(2, { wid: 'ended', active: '0', lastDay: '2021-01-01', workerType: 'Contingent' }),
    row(3, { active: '0', lastDay: '2021-01-01' }),
    row(2, { wid: 'at-work' }),
    { firstName: 'nobody' },
  ]);
  const { objects, cutShort } = await listAll(open(), 1);
  expect(objects.map(({ id, active }) => [id, active])).toEqual([
    ['wid-1', true],
    ['at-work', true],
    ['wid-3', false],
  ]);
  expect(cutShort).toContain('1 row of the report has neither wid nor workerId');
});

it('14: leavers come last, in pages as well', async () => {
  publish(() => [...Array(7).keys()].map((id) => row(id, { active: '0', lastDay: '2021-01-01' })));
  const connector = open();
  const sizes: number[] = [];
  for (let cursor: string | undefined; ;) {
    const page = valueOf(await connector.list('user', { cursor, limit: 3 }));
    sizes.push(page.objects.length);
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  expect(sizes).toEqual([3, 3, 1]);
});

it('14: 50,000 rows are read as they are asked for, in the memory of a page', async () => {
  let made = 0;
  publish(function* () {
    for (const each of rows(50_000)) {
      made += 1;
      yield each;
    }
  });
  const connector = open({ timeoutMs: 20_000 });
  let page = valueOf(await connector.list('user', { limit: 500 }));
  let count = page.objects.length;
  // What has been made by now waits in sockets and buffers; the rest is not made before it is read.
  expect(made).toBeLessThan(40_000);
  while (page.nextCursor !== undefined) {
    page = valueOf(await connector.list('user', { cursor: page.nextCursor, limit: 500 }));
    count += page.objects.length;
  }
  expect(page.cutShort).toBeUndefined();
  expect(count).toBe(50_000);
}, 120_000);

it('a report that breaks while nobody reads it harms nobody, and is told to the next', async () => {
  publish(() => rows(50_000));
  const connector = open();
  const first = valueOf(await connector.list('user', { limit: 10 }));
  await double.stop();
  await double.start();
  let page = first;
  while (page.nextCursor !== undefined)
    page = valueOf(await connector.list('user', { cursor: page.nextCursor, limit: 500 }));
  expect(page.cutShort).toContain('broke off');
  expect(await connector.list('user', { cursor: first.nextCursor })).toMatchObject({ kind: 'rejected' });
});

it('changes come by a prompt of the report; without one all of it, and deletions are not told', async () => {
  const since: string[] = [];
  publish(
    ({ From }) => {
      if (From) since.push(From);
      return From ? [row(2)] : rows(3);
    },
    { prompts: ['From'] },
  );
  const whole = open();
  const { token } = valueOf(await whole.changes!('user', {}));
  const all = valueOf(await whole.changes!('user', { token }));
  expect(all.objects).toHaveLength(3);
  expect(all.deletionsUnknown).toBeDefined();
  expect(all.token! >= token!).toBe(true);
  const some = open({ updatedFromPrompt: 'From', overlapMinutes: 10 });
  const changed = valueOf(await some.changes!('user', { token }));
  expect(changed.objects).toMatchObject([{ id: 'wid-2' }]);
  expect(changed.deletionsUnknown).toContain('A last day that passes');
  expect(Date.parse(since[0]!)).toBe(Date.parse(token!) - 600_000);
});

it('changes that are cut short give no token to go on from', async () => {
  publish(() => rows(2_000));
  const connector = open();
  const { token } = valueOf(await connector.changes!('user', {}));
  double.faults = { truncateAt: 20_000 };
  let page = valueOf(await connector.changes!('user', { token }));
  while (page.nextCursor !== undefined)
    page = valueOf(await connector.changes!('user', { cursor: page.nextCursor }));
  expect(page.cutShort).toBeDefined();
  expect(page.token).toBeUndefined();
});

it('one worker is found by prompt, or through the whole report, by any column', async () => {
  publish(() => [row(1), row(2, { workerId: 2, 'Email_-_Work': 'grace@contoso.example' })]);
  const connector = open({ reportColumns: { workEmail: 'Email_-_Work' } });
  const by = async (attribute: string, value: string, from = connector) =>
    valueOf(await from.find('user', { attribute, value })).map(({ id }) => id);
  expect(await by('workEmail', 'grace@contoso.example')).toEqual(['wid-2']);
  expect(await by('workerId', '2')).toEqual(['wid-2']);
  expect(await by('workerId', '9')).toEqual([]);
  expect((await connector.get('user', 'wid-1')).kind).toBe('ok');
  expect((await connector.get('user', 'wid-9')).kind).toBe('not-found');

  double.reports.length = 0;
  publish(
    (prompts) => {
      const [[name, value] = []] = Object.entries(prompts);
      if (name === 'Worker!Contingent_Worker_ID' && value === '7') return [row(7)];
      if (name?.startsWith('Worker!')) throw invalidId(value!, name.slice(7), '');
      throw new Fault('Server.processingError', 'A worker must be given.');
    },
    { prompts: ['Worker'] },
  );
  const prompted = open({ workerPrompt: 'Worker' });
  expect(await by('workerId', '7', prompted)).toEqual(['wid-7']);
  expect(await by('workerId', '8', prompted)).toEqual([]);
});

it('with write-back workers are read from the report and written by the web service', async () => {
  const ada = double.hire('1001');
  publish(() => [row(1001, { wid: ada.wid })]);
  const connector = open({ writeBack: true });
  expect((await connector.test()).ok).toBe(true);
  const [found] = valueOf(await connector.find('user', { attribute: 'workerId', value: '1001' }));
  expect(found!.id).toBe((await listAll(connector)).objects[0]!.id);
  const change = [{ op: 'set' as const, attribute: 'workEmail', value: 'ada@contoso.example' }];
  const context = { operationId: 'test', attempt: 1, mode: 'live' as const };
  expect((await connector.update('user', ada.wid, change, context)).kind).toBe('ok');
  expect(ada.contacts).toMatchObject([{ value: 'ada@contoso.example' }]);
});
