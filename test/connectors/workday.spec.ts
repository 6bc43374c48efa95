import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connector, connectorModule, type Outcome, type RemoteObject } from '@rollcall/connectors';
import { dayIn, type Contact, type Worker } from '../doubles/workday/tenant.js';
import { waitFor } from '../harness/index.js';
import { Fault } from '../doubles/workday/fault.js';
import { startWorkday, type WorkdayDouble } from '../doubles/workday/workday.js';

const module = connectorModule('workday')!;
const dayMs = 86_400_000;

let double: WorkdayDouble;
const opened: Connector[] = [];
beforeEach(async () => {
  double = await startWorkday();
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await double.stop();
});

const isu = (password = double.accounts.get('isu_rollcall')!.password, username = 'isu_rollcall') => ({
  type: 'isu',
  username,
  password,
});

function open(settings: object = {}, credentials: object = isu()): Connector {
  const { url, tenant, timeZone } = double;
  const connector = module.open({ url, tenant, timeZone, ...settings }, credentials, { userAgent: 'test' });
  opened.push(connector);
  return connector;
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(`answered ${JSON.stringify(outcome)}`);
  return outcome.value;
}

async function listAll(connector: Connector, limit?: number) {
  const objects: RemoteObject[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = valueOf(await connector.list('user', { cursor, limit }));
    objects.push(...page.objects);
    if (page.nextCursor === undefined) return { objects, cutShort: page.cutShort };
    cursor = page.nextCursor;
  }
}

async function changesSince(connector: Connector, token: string) {
  const changed = new Map<string, RemoteObject>();
  let page = valueOf(await connector.changes!('user', { token }));
  for (;;) {
    for (const each of page.objects) changed.set(each.id, each);
    if (page.nextCursor === undefined) return { changed, page };
    page = valueOf(await connector.changes!('user', { cursor: page.nextCursor }));
  }
}

const today = (days = 0) => dayIn(double.timeZone, double.now() + days * dayMs);
const longAgo = () => double.now() - 90 * dayMs;
const context = (mode: 'live' | 'plan' = 'live') => ({ operationId: 'test', attempt: 1, mode });
const set = (attribute: string, value: string) => ({ op: 'set' as const, attribute, value });
const unset = (attribute: string) => ({ op: 'unset' as const, attribute });
const work = (kind: Contact['kind'], value: string, further: Partial<Contact> = {}): Contact => ({
  id: `${kind}-${value}`,
  kind,
  value,
  usage: 'WORK',
  primary: true,
  isPublic: true,
  ...(kind === 'phone' && { device: 'Landline', callingCode: '1' }),
  ...further,
});
const find = async (connector: Connector, workerId: string) =>
  valueOf(await connector.find('user', { attribute: 'workerId', value: workerId }))[0];
const operations = () => double.seen.map(({ operation }) => operation);

describe('behaviours of Workday', () => {
  it('1: a user of the tenant signs in by UsernameToken, and a wrong password is a fault with status 500', async () => {
    double.hire('1001');
    expect(valueOf(await open().find('user', { attribute: 'workerId', value: '1001' }))).toHaveLength(1);
    expect(double.seen.at(-1)!.body).toContain('<wsse:Username>isu_rollcall@contoso</wsse:Username>');
    const wrong = await open({}, isu('wrong')).find('user', { attribute: 'workerId', value: '1001' });
    expect(wrong).toMatchObject({
      kind: 'denied',
      answer: expect.stringMatching(/^HTTP 500.*authenticationError/),
    });
    const elsewhere = isu(undefined, 'isu_rollcall@another');
    expect((await open({}, elsewhere).list('user', {})).kind).toBe('denied');
  });

  it('2: a validation fault names the attribute by its XPath; a version that is not there is told', async () => {
    const ada = double.hire('1001');
    // Valid here, and not at Workday.
    const refused = await open().update('user', ada.wid, [set('workEmail', 'ada@contoso')], context());
    expect(refused).toMatchObject({ kind: 'rejected', attribute: 'workEmail', code: 'validation' });
    const old = await open({ apiVersion: 'v99.0' }).test();
    expect(old.steps.find(({ status }) => status === 'failed')).toMatchObject({
      step: 'discover',
      remedy: expect.stringContaining('version'),
    });
  });

  it('3: pages are numbered, beyond the end there is nothing, and page 0 is never asked for', async () => {
    for (let at = 0; at < 7; at += 1) double.hire(String(at));
    const connector = open();
    expect((await listAll(connector, 3)).objects).toHaveLength(7);
    const first = valueOf(await connector.list('user', { limit: 3 }));
    double.workers.length = 0;
    expect(valueOf(await connector.list('user', { cursor: first.nextCursor }))).toEqual({ objects: [] });
    expect(double.seen.some(({ body }) => body.includes('<wd:Page>0<'))).toBe(false);
  });

  it('4: what holds today is read, and what holds from tomorrow on is not', async () => {
    const ada = double.hire('1001');
    ada.events.push({ type: 'change', effective: today(1), entered: longAgo(), state: { title: 'Head' } });
    expect((await find(open(), '1001'))!.attributes.title).toBe('Engineer');
    ada.events.at(-1)!.effective = today();
    expect((await find(open(), '1001'))!.attributes.title).toBe('Head');
  });

  it('5: what is entered while pages are read is not in them, and comes with the next look', async () => {
    for (let at = 0; at < 5; at += 1) double.hire(String(at));
    const connector = open();
    const { token } = valueOf(await connector.changes!('user', {}));
    const page = valueOf(await connector.list('user', { limit: 2 }));
    await waitForNextMillisecond();
    double.hire('late');
    let cursor = page.nextCursor;
    const ids = page.objects.map(({ attributes }) => attributes.workerId);
    while (cursor) {
      const next = valueOf(await connector.list('user', { cursor }));
      ids.push(...next.objects.map(({ attributes }) => attributes.workerId));
      cursor = next.nextCursor;
    }
    expect(ids.toSorted()).toEqual(['0', '1', '2', '3', '4']);
    const { changed } = await changesSince(connector, token!);
    expect([...changed.values()].map(({ attributes }) => attributes.workerId)).toContain('late');
  });

  it('6: changes are what was entered since, corrected and rescinded ones too, and what comes into effect', async () => {
    const people = ['entered', 'rescinded', 'effective', 'quiet'].map((id) =>
      double.hire(id, {}, { title: 'before' }),
    );
    for (const { events } of people) events[0]!.entered = longAgo();
    const [entered, rescinded, effective] = people as [Worker, Worker, Worker];
    rescinded.events.push({
      type: 'change',
      effective: today(-60),
      entered: longAgo(),
      state: { title: 'x' },
    });
    effective.events.push({
      type: 'change',
      effective: today(),
      entered: longAgo(),
      state: { title: 'now' },
    });
    const connector = open({ overlapMinutes: 0 });
    const { token } = valueOf(await connector.changes!('user', {}));
    await waitForNextMillisecond();
    entered.events.push({
      type: 'change',
      effective: today(-30),
      entered: double.now(),
      state: { title: 'late' },
    });
    rescinded.events.at(-1)!.rescinded = double.now();
    const { changed, page } = await changesSince(connector, token!);
    const titles = [...changed.values()].map(({ attributes }) => [attributes.workerId, attributes.title]);
    expect(Object.fromEntries(titles)).toEqual({ entered: 'late', rescinded: 'before', effective: 'now' });
    expect(page.token! > token!).toBe(true);
    expect(page.deletionsUnknown).toBeUndefined();
  });

  it('7: a future hire comes as on day one, inactive until the days before it', async () => {
    const hire = { type: 'hire' as const, effective: today(10), entered: double.now() };
    const state = { legalFirstName: 'Grace', legalLastName: 'Hopper', title: 'Admiral', department: 'Navy' };
    double.hire('2001', { events: [{ ...hire, state }] });
    expect(await find(open(), '2001')).toMatchObject({
      active: false,
      attributes: { firstName: 'Grace', title: 'Admiral', department: 'Navy', hireDate: today(10) },
    });
    const early = open({ preHireDays: 14 });
    expect((await find(early, '2001'))!.active).toBe(true);
    expect((await listAll(early)).objects).toMatchObject([
      { active: true, attributes: { title: 'Admiral' } },
    ]);
  });

  it('7: a hire that was entered long ago is told when its days before begin, and one that is rescinded', async () => {
    const events = [{ type: 'hire' as const, effective: today(10), entered: longAgo(), state: {} }];
    const grace = double.hire('2001', { events });
    const connector = open({ preHireDays: 14, overlapMinutes: 0 });
    const { token } = valueOf(await connector.changes!('user', {}));
    expect((await changesSince(connector, token!)).changed.get(grace.wid)?.active).toBe(true);
    grace.events[0]!.rescinded = double.now();
    await waitForNextMillisecond();
    expect((await changesSince(connector, token!)).changed.get(grace.wid)?.active).toBe(false);
  });

  it('8: the last day ends at midnight where the tenant is', async () => {
    const leaver = double.hire('1001');
    leaver.events.push({ type: 'terminate', effective: today(), entered: longAgo() });
    const connector = open();
    expect(await find(connector, '1001')).toMatchObject({ active: true, attributes: { lastDay: today() } });
    expect((await find(open({ accessEnds: 'before-last-day' }), '1001'))!.active).toBe(false);
    leaver.events.at(-1)!.effective = today(-1);
    expect((await find(connector, '1001'))!.active).toBe(false);
    const { token } = { token: new Date(double.now() - 60_000).toISOString() };
    expect((await changesSince(connector, token)).changed.get(leaver.wid)?.active).toBe(false);
  });

  it('9: of an employee and a contingent worker with one id the one at work counts, pages apart', async () => {
    const before = double.hire('3001', { kind: 'Contingent_Worker' }, { title: 'Contractor' });
    before.events.push({ type: 'terminate', effective: today(-30), entered: longAgo() });
    for (let at = 0; at < 5; at += 1) double.hire(String(at));
    const connector = open();
    expect((await listAll(connector, 2)).objects.filter(({ id }) => id === before.wid)).toHaveLength(1);
    const after = double.hire('3001', {}, { title: 'Employee' });
    const { objects } = await listAll(connector, 2);
    expect(objects.filter(({ attributes }) => attributes.workerId === '3001').map(({ id }) => id)).toEqual([
      after.wid,
    ]);
    expect((await find(connector, '3001'))!.id).toBe(after.wid);
    // The account that is linked to the profile that has ended is looked for anew.
    expect((await connector.get('user', before.wid)).kind).toBe('not-found');
    const written = await connector.update('user', before.wid, [set('workEmail', 'a@b.example')], context());
    expect(written.kind).toBe('not-found');
    expect(before.written).toEqual([]);
    const { token } = { token: new Date(double.now() - 60_000).toISOString() };
    expect([...(await changesSince(connector, token)).changed.keys()]).not.toContain(before.wid);
  });

  it('10: only sections that are asked for come, and missing ones show in the test', async () => {
    double.hire(
      '1001',
      { contacts: [work('email', 'ada@contoso.example')] },
      { department: 'R&D', company: 'Contoso' },
    );
    await find(open(), '1001');
    const { body } = double.seen.at(-1)!;
    expect(body).toContain('Include_Management_Chain_Data');
    expect(body).toContain('Exclude_Pay_Groups');
    expect(body).not.toContain('Exclude_Companies');
    const connector = open({ xpaths: { payGroup: payGroup } });
    expect((await find(connector, '1001'))!.attributes.payGroup).toBe('Monthly');
    double.accounts.get('isu_rollcall')!.domains.delete('organizations');
    const note = (await open().test()).steps.find(({ step }) => step === 'discover');
    expect(note).toMatchObject({ status: 'passed', message: expect.stringContaining('organisations') });
    double.accounts.get('isu_rollcall')!.domains.delete('employment');
    expect((await open().test()).steps.find(({ status }) => status === 'failed')).toMatchObject({
      step: 'discover',
      remedy: expect.stringContaining('Current Staffing Information'),
    });
    // Not known is not the same as inactive.
    expect((await find(open(), '1001'))!.active).toBeUndefined();
  });

  it('11: one of several, none, and several ids and phones', async () => {
    const contacts = [
      work('email', 'second@contoso.example', { primary: false }),
      work('email', 'first@contoso.example'),
      work('email', 'home@example.net', { usage: 'HOME' }),
      work('phone', '5171234567', { extension: '4321' }),
      work('phone', '5177654321', { device: 'Mobile', primary: false }),
    ];
    double.hire('1001', { contacts }, { provisioningGroups: ['VPN', 'Mail'], costCenter: 'CC-1' });
    double.hire('1002', {}, { legalLastName: undefined });
    expect((await find(open(), '1001'))!.attributes).toMatchObject({
      workEmail: 'first@contoso.example',
      workPhone: '+15171234567',
      workMobile: '+15177654321',
      provisioningGroups: ['VPN', 'Mail'],
      costCenter: 'CC-1',
      title: 'Engineer',
      workerType: 'Employee',
    });
    const bare = (await find(open(), '1002'))!.attributes;
    for (const name of ['workEmail', 'lastName', 'provisioningGroups', 'manager'])
      expect(bare).not.toHaveProperty(name);
  });

  it('12: preferred names, else legal ones, and people without a last name', async () => {
    double.hire('1001', {}, { preferredFirstName: 'Countess', preferredLastName: 'King' });
    double.hire('1002', {}, { legalFirstName: 'Sukarno', legalLastName: undefined });
    expect((await find(open(), '1001'))!.attributes).toMatchObject({
      firstName: 'Countess',
      lastName: 'King',
      legalFirstName: 'Ada',
      legalLastName: 'Lovelace',
    });
    expect((await find(open(), '1002'))!.attributes).toMatchObject({
      firstName: 'Sukarno',
      formattedName: 'Sukarno',
    });
  });

  it('13: the manager is the last of the chain, and nobody where the place is vacant', async () => {
    const [top, lead] = [double.hire('1'), double.hire('2')];
    double.hire('1001', {}, { managers: [top.wid, lead.wid] });
    double.hire('1002', {}, { managers: [top.wid, null] });
    expect((await find(open(), '1001'))!.attributes.manager).toBe(lead.wid);
    expect((await find(open(), '1002'))!.attributes).not.toHaveProperty('manager');
  });

  it('15: slowed down, and down for maintenance, the connection waits as told', async () => {
    const connector = open();
    double.faults = { refuse: { status: 429, headers: { 'retry-after': '30' } } };
    expect(await connector.list('user', {})).toMatchObject({
      kind: 'retry',
      scope: 'connection',
      afterMs: 30_000,
    });
    double.faults = { refuse: { status: 503, headers: { 'retry-after': '7200' } } };
    expect(await connector.list('user', {})).toMatchObject({
      kind: 'retry',
      scope: 'connection',
      afterMs: 7_200_000,
    });
  });

  it('16: writing makes one business event, none where nothing differs, and waits for another in progress', async () => {
    const contacts = [
      work('email', 'ada@old.example'),
      work('email', 'home@example.net', { usage: 'HOME' }),
      work('phone', '2079460958', { callingCode: '44' }),
    ];
    const ada = double.hire('1001', { contacts });
    const connector = open();
    const changes = [set('workEmail', 'ada.king@contoso.example'), set('workMobile', '+44 7700 900123')];
    expect((await connector.update('user', ada.wid, changes, context())).kind).toBe('ok');
    expect(ada.written).toHaveLength(1);
    expect(
      ada.contacts.map(({ value, usage, device, callingCode }) => [value, usage, device, callingCode]),
    ).toEqual([
      ['ada.king@contoso.example', 'WORK', undefined, undefined],
      ['home@example.net', 'HOME', undefined, undefined],
      ['2079460958', 'WORK', 'Landline', '44'],
      ['7700900123', 'WORK', 'Mobile', '44'],
    ]);
    const same = [set('workEmail', 'Ada.King@contoso.example'), set('workPhone', '+44 (0)20 7946 0958')];
    expect(await connector.update('user', ada.wid, same, context())).toMatchObject({ kind: 'no-op' });
    expect(ada.written).toHaveLength(1);
    ada.inProgress = true;
    const busy = await connector.update('user', ada.wid, [set('workEmail', 'x@contoso.example')], context());
    expect(busy).toMatchObject({
      kind: 'retry',
      scope: 'object',
      message: expect.stringContaining('in progress'),
    });
    expect(busy).not.toHaveProperty('maybeDone');
    // A user name is no business event.
    expect((await connector.update('user', ada.wid, [set('userName', 'aking')], context())).kind).toBe('ok');
    expect((await find(connector, '1001'))!.attributes.userName).toBe('aking');
  });

  it('16: a contingent worker is written by the id of contingent workers', async () => {
    const max = double.hire('3001', { kind: 'Contingent_Worker' });
    const connector = open();
    const changes = [set('workEmail', 'max@contoso.example'), set('userName', 'max')];
    expect((await connector.update('user', max.wid, changes, context())).kind).toBe('ok');
    expect(max.written.map(({ what }) => what)).toEqual(['contacts', 'account']);
  });

  it('16: taking the primary phone away makes the other the primary one', async () => {
    const contacts = [
      work('phone', '5171234567'),
      work('phone', '5177654321', { device: 'Mobile', primary: false }),
    ];
    const ada = double.hire('1001', { contacts });
    expect((await open().update('user', ada.wid, [unset('workPhone')], context())).kind).toBe('ok');
    expect(ada.contacts).toMatchObject([{ value: '5177654321', primary: true }]);
  });

  it('17: markup and characters of all scripts arrive as they are, and what XML cannot hold does not', async () => {
    const title = `R&D <"Größe"> 日本語 👩‍🚀 ]]>`;
    const ada = double.hire('1001', {}, { title, legalLastName: "O'Neil & Søn" });
    expect((await find(open(), '1001'))!.attributes).toMatchObject({ title, lastName: "O'Neil & Søn" });
    const changed = [set('userName', 'a<b>&"c\u0001'), set('workEmail', "o'neil&søn@contoso.example")];
    expect((await open().update('user', ada.wid, changed, context())).kind).toBe('ok');
    expect((await find(open(), '1001'))!.attributes).toMatchObject({
      userName: 'a<b>&"c',
      workEmail: "o'neil&søn@contoso.example",
    });
  });

  it.each([
    ['ahead', 40 * 60_000],
    ['behind', -40 * 60_000],
  ])('18: nothing is missed where the clock of Workday is %s', async (_, aheadMs) => {
    double.aheadMs = aheadMs;
    const { token } = valueOf(await open().changes!('user', {}));
    const ada = double.hire('1001');
    // Another process, which does not know that clock before its first answer.
    const other = open({ overlapMinutes: 0 });
    let { changed, page } = await changesSince(other, token!);
    const grace = double.hire('1002');
    const told = new Set(changed.keys());
    // Workday tells its time in whole seconds, so the last one may come with the look after.
    const both = async () => {
      ({ changed, page } = await changesSince(other, page.token!));
      for (const id of changed.keys()) told.add(id);
      return told.has(ada.wid) && told.has(grace.wid);
    };
    await waitFor(both, { what: 'both to be told', timeoutMs: 10_000 });
  });

  it('19: tokens by refresh token, and by an assertion that is signed; one that is turned down is renewed once', async () => {
    double.hire('1001');
    const { id: clientId, secret: clientSecret, refreshToken } = double.client;
    const refresh = { type: 'oauth-refresh-token', clientId, clientSecret, refreshToken };
    const connector = open({}, refresh);
    expect(await find(connector, '1001')).toBeDefined();
    expect(double.seen.some(({ body }) => body.includes('UsernameToken'))).toBe(false);
    double.expireTokens();
    const before = double.seen.length;
    expect(await find(connector, '1001')).toBeDefined();
    expect(double.seen.slice(before).map(({ operation = 'token' }) => operation)).toEqual([
      'Get_Workers_Request',
      'token',
      'Get_Workers_Request',
    ]);
    expect((await open({}, { ...refresh, refreshToken: 'wrong' }).list('user', {})).kind).toBe('denied');
    expect((await open({}, { ...refresh, clientSecret: 'wrong' }).list('user', {})).kind).toBe('denied');

    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    double.assertionKey = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const jwt = { type: 'oauth-jwt-bearer', clientId, username: 'isu_rollcall', privateKey: pem };
    expect(module.check!({ credentials: jwt })).toEqual([]);
    expect(await find(open({}, jwt), '1001')).toBeDefined();
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const forged = { ...jwt, privateKey: stranger.export({ type: 'pkcs8', format: 'pem' }).toString() };
    const { steps } = await open({}, forged).test();
    expect(steps.find(({ status }) => status === 'failed')).toMatchObject({ step: 'authenticate' });
  });

  it('20: an answer that is lost after the commit leaves it open, and the next try finds it done', async () => {
    const ada = double.hire('1001');
    const connector = open();
    double.faults = { dropAfterCommit: 1 };
    const changes = [set('workEmail', 'ada@contoso.example')];
    expect(await connector.update('user', ada.wid, changes, context())).toMatchObject({
      kind: 'retry',
      maybeDone: true,
    });
    expect((await connector.update('user', ada.wid, changes, context())).kind).toBe('no-op');
    expect(ada.written).toHaveLength(1);
  });
});

const payGroup =
  "wd:Worker/wd:Worker_Data/wd:Organization_Data/wd:Worker_Organization_Data/wd:Organization_Data[wd:Organization_Type_Reference/wd:ID[@wd:type='Organization_Type_ID']='PAY_GROUP']/wd:Organization_Name/text()";

/** Moments at Workday have milliseconds. */
async function waitForNextMillisecond(): Promise<void> {
  for (const from = Date.now(); Date.now() <= from + 1;) await new Promise(setImmediate);
}

describe('the connector', () => {
  it('reads positions where versions up to v29 have them', async () => {
    double.hire('1001', {}, { title: 'Engineer', city: 'London' });
    const old = open({ apiVersion: 'v21.1', writeBack: false });
    expect((await find(old, '1001'))!.attributes).toMatchObject({ title: 'Engineer', city: 'London' });
    expect((await find(open(), '1001'))!.attributes).toMatchObject({ title: 'Engineer', city: 'London' });
  });

  it('refuses answers with a document type, and such that are no XML', async () => {
    const connector = open();
    const bomb = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>`;
    for (const body of [bomb, 'nothing of the kind', '<a>']) {
      double.faults = { answer: { status: 200, body } };
      expect(await connector.list('user', {})).toMatchObject({ kind: 'retry', scope: 'connection' });
    }
  });

  it('leaves out the password where a fault repeats it', async () => {
    const { password } = double.accounts.get('isu_rollcall')!;
    const fault = new Fault('Client.validationError', `Cannot read ${password}`, `/a[${password}]`);
    for (const status of [200, 500]) {
      double.faults = { answer: { status, body: fault.xml } };
      const outcome = await open().list('user', {});
      expect(outcome).toMatchObject({ kind: 'rejected', message: 'Cannot read ***' });
      expect(JSON.stringify(outcome)).not.toContain('4711');
    }
  });

  it('gives a page again that is asked for again', async () => {
    for (let at = 0; at < 6; at += 1) double.hire(String(at));
    const connector = open();
    const first = valueOf(await connector.list('user', { limit: 2 }));
    const second = valueOf(await connector.list('user', { cursor: first.nextCursor }));
    expect(valueOf(await connector.list('user', { cursor: first.nextCursor }))).toEqual(second);
    expect(second.objects).toHaveLength(2);
  });

  it('gives no token where pages of changes go round in circles', async () => {
    for (let at = 0; at < 5; at += 1) double.hire(String(at));
    const connector = open();
    const { token } = valueOf(await connector.changes!('user', {}));
    double.faults = { loopPages: true };
    let page = valueOf(await connector.changes!('user', { token, limit: 2 }));
    while (page.nextCursor !== undefined)
      page = valueOf(await connector.changes!('user', { cursor: page.nextCursor }));
    expect(page.cutShort).toBeDefined();
    expect(page.token).toBeUndefined();
  });

  it('takes an empty page with pages behind it for no end, neither of a list nor of changes', async () => {
    for (let at = 0; at < 8; at += 1) double.hire(String(at));
    const connector = open();
    const { token } = valueOf(await connector.changes!('user', {}));
    double.faults = { emptyPage: 2 };
    expect((await listAll(connector, 2)).cutShort).toContain('empty page');
    let page = valueOf(await connector.changes!('user', { token, limit: 2 }));
    while (page.nextCursor !== undefined)
      page = valueOf(await connector.changes!('user', { cursor: page.nextCursor }));
    expect(page.cutShort).toContain('empty page');
    expect(page.token).toBeUndefined();
    // Of more than 500 the look at everybody's status has pages, too.
    for (let at = 8; at < 1_001; at += 1) double.hire(String(at));
    expect(await listAll(open(), 2)).toMatchObject({
      objects: [],
      cutShort: expect.stringContaining('empty page'),
    });
  });

  it('gives up an answer that is too long', async () => {
    for (let at = 0; at < 20; at += 1) double.hire(String(at));
    const outcome = await open({ maxAnswerBytes: 2_000 }).list('user', {});
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'answer-too-long' });
  });

  it('goes on in another process where a cursor comes from, and refuses one it never gave', async () => {
    for (let at = 0; at < 6; at += 1) double.hire(String(at));
    const first = valueOf(await open().list('user', { limit: 2 }));
    const other = open();
    const ids = first.objects.map(({ id }) => id);
    for (let cursor = first.nextCursor; cursor !== undefined;) {
      const page = valueOf(await other.list('user', { cursor }));
      ids.push(...page.objects.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(new Set(ids).size).toBe(6);
    expect(await other.changes!('user', { token: 'never' })).toMatchObject({ kind: 'rejected' });
    const forged = Buffer.from(
      '{"run":"a","now":"then","since":"then","token":"then","question":"entered","page":1,"count":2}',
    ).toString('base64url');
    expect(await other.list('user', { cursor: forged })).toMatchObject({ kind: 'rejected' });
    expect(await other.changes!('user', { cursor: forged })).toMatchObject({ kind: 'rejected' });
  });

  it('writes nothing but contacts and user names, and checks them before anything is sent', async () => {
    const ada = double.hire('1001');
    const connector = open();
    const wrongs = [
      [set('title', 'Boss'), 'read-only'],
      [set('workEmail', 'no address'), 'format'],
      [set('workPhone', 'call me'), 'format'],
      [unset('userName'), 'required'],
    ] as const;
    for (const [change, code] of wrongs)
      expect(await connector.update('user', ada.wid, [change], context())).toMatchObject({
        kind: 'rejected',
        code,
      });
    const reading = open({ writeBack: false });
    expect(await reading.update('user', ada.wid, [set('workEmail', 'a@b.example')], context())).toMatchObject(
      {
        code: 'read-only',
      },
    );
    expect(await connector.create('user', {}, context())).toMatchObject({ code: 'source-of-people' });
    expect(await connector.delete('user', ada.wid, context())).toMatchObject({ code: 'source-of-people' });
    expect(await connector.list('group', {})).toMatchObject({ code: 'no-groups' });
    expect(operations()).toEqual([]);
  });

  it('plans with the calls it would make, without the password', async () => {
    const planned = await open().update(
      'user',
      'f'.repeat(32),
      [set('workEmail', 'a@b.example')],
      context('plan'),
    );
    expect(planned.calls?.map(({ body }) => /^<wd:(\w+)/.exec(String(body))?.[1])).toEqual([
      'Get_Workers_Request',
      'Change_Work_Contact_Information_Request',
    ]);
    expect(JSON.stringify(planned)).not.toContain('Pa$$word');
    expect(double.seen).toEqual([]);
  });

  it('tells a user name that is taken, and stops where the user may not write', async () => {
    const [ada, grace] = [double.hire('1001', {}, { userName: 'ada' }), double.hire('1002')];
    expect(await open().update('user', grace.wid, [set('userName', 'ada')], context())).toMatchObject({
      kind: 'conflict',
    });
    const reader = isu(double.accounts.get('isu_reader')!.password, 'isu_reader');
    const denied = await open({}, reader).update(
      'user',
      ada.wid,
      [set('workEmail', 'a@b.example')],
      context(),
    );
    expect(denied).toMatchObject({
      kind: 'denied',
      remedy: expect.stringContaining('Activate Pending Security'),
    });
  });

  it('writes the e-mail of the test worker once more as it is, where settings ask for it', async () => {
    const ada = double.hire('1001', { contacts: [work('email', 'ada@contoso.example')] });
    const { ok, steps } = await open({ probeWorkerId: '1001' }).test();
    expect(ok).toBe(true);
    expect(steps.find(({ step }) => step === 'write-probe')).toMatchObject({ status: 'passed' });
    expect(ada.written).toHaveLength(1);
    expect(ada.contacts).toMatchObject([{ value: 'ada@contoso.example', primary: true }]);
  });

  it('follows no redirect, and calls no address outside the networks', async () => {
    double.faults = { refuse: { status: 302, headers: { location: 'https://elsewhere.example/?token=1' } } };
    const redirected = await open().list('user', {});
    expect(redirected).toMatchObject({ kind: 'retry', scope: 'connection' });
    expect(JSON.stringify(redirected)).not.toContain('token=1');
    double.faults = { refuse: { status: 302, headers: { location: 'http://[' } } };
    expect(await open().list('user', {})).toMatchObject({ kind: 'retry', scope: 'connection' });
    for (const settings of [{}, { mode: 'raas', report: 'a/b', writeBack: false }]) {
      const { url, tenant, timeZone } = double;
      const walled = module.open({ url, tenant, timeZone, ...settings }, isu(), {
        userAgent: 'test',
        allowAddress: () => false,
      });
      opened.push(walled);
      expect((await walled.list('user', {})).kind).toBe('denied');
    }
  });

  it('says what is wrong with settings', () => {
    const wrong = (settings: object) =>
      module.check!({ settings: { url: 'https://x', tenant: 'a', timeZone: 'UTC', ...settings } }).map(
        ({ field }) => field,
      );
    expect(wrong({})).toEqual([]);
    expect(wrong({ timeZone: 'Mars/Olympus' })).toEqual(['settings.timeZone']);
    expect(wrong({ mode: 'raas' })).toEqual(['settings.report']);
    expect(wrong({ apiVersion: 'v21.1' })).toEqual(['settings.apiVersion']);
    expect(wrong({ phoneCountry: 'XXX' })).toEqual(['settings.phoneCountry']);
    expect(wrong({ xpaths: { a: 'wd:Worker[', active: 'wd:Worker/a', b: 'wd:Other' } })).toEqual([
      'settings.xpaths.a',
      'settings.xpaths.active',
      'settings.xpaths.b',
    ]);
    expect(wrong({ caCertificates: 'no certificate' })).toEqual(['settings.caCertificates']);
  });
});
