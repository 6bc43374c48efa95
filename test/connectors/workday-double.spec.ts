import { afterAll, beforeAll, expect, it } from 'vitest';
import { allDomains, dayIn } from '../doubles/workday/tenant.js';
import { startWorkday, type WorkdayDouble } from '../doubles/workday/workday.js';

/** The double understands the envelopes that Microsoft and users of Workday have published, not only ours. */

let double: WorkdayDouble;
beforeAll(async () => {
  double = await startWorkday();
  double.accounts.set('isu_entra', { password: 'published', domains: new Set(allDomains) });
});
afterAll(() => double?.stop());

async function send(body: string, version = 'v42.0', password = 'published') {
  const response = await fetch(`${double.url}/ccx/service/contoso/Human_Resources/${version}`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml' },
    body: `<?xml version="1.0" encoding="utf-8"?>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
  xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">
  <env:Header><wsse:Security env:mustUnderstand="1"><wsse:UsernameToken>
    <wsse:Username>isu_entra@contoso</wsse:Username>
    <wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">${password}</wsse:Password>
  </wsse:UsernameToken></wsse:Security></env:Header>
  <env:Body>${body}</env:Body>
</env:Envelope>`,
  });
  return { status: response.status, text: await response.text() };
}

const getWorkers = (inner: string, version = 'v21.1') =>
  `<Get_Workers_Request p1:version="${version}" xmlns:p1="urn:com.workday/bsvc" xmlns="urn:com.workday/bsvc">${inner}</Get_Workers_Request>`;
const filter = (effective: string, entry: string, page = 1, count = 30) =>
  `<p1:Response_Filter><p1:As_Of_Effective_Date>${effective}</p1:As_Of_Effective_Date><p1:As_Of_Entry_DateTime>${entry}</p1:As_Of_Entry_DateTime><p1:Page>${page}</p1:Page><p1:Count>${count}</p1:Count></p1:Response_Filter>`;
const group =
  '<p1:Response_Group><p1:Include_Reference>1</p1:Include_Reference><p1:Include_Personal_Information>1</p1:Include_Personal_Information><p1:Include_Employment_Information>1</p1:Include_Employment_Information></p1:Response_Group>';
const byWid = (wid: string) =>
  `<p1:Request_References><p1:Worker_Reference><p1:ID p1:type="WID">${wid}</p1:ID></p1:Worker_Reference></p1:Request_References>`;
const now = () => new Date(double.now()).toISOString();

it('answers the query that Entra tests a connection with: nobody, and page 1 of 1', async () => {
  double.hire('1');
  const at = now();
  const { status, text } = await send(
    getWorkers(`<p1:Request_Criteria>
      <p1:Transaction_Log_Criteria_Data><p1:Transaction_Date_Range_Data>
        <p1:Updated_From>${at}</p1:Updated_From><p1:Updated_Through>${at}</p1:Updated_Through>
      </p1:Transaction_Date_Range_Data></p1:Transaction_Log_Criteria_Data>
      <p1:Exclude_Employees>true</p1:Exclude_Employees>
      <p1:Exclude_Contingent_Workers>true</p1:Exclude_Contingent_Workers>
      <p1:Exclude_Inactive_Workers>true</p1:Exclude_Inactive_Workers>
    </p1:Request_Criteria>${filter(at, at, 1, 1)}${group}`),
    'v21.1',
  );
  expect(status).toBe(200);
  expect(text).toContain('<wd:Total_Results>0</wd:Total_Results>');
});

it('pages a full sync by number, and refuses page 0 and pages of more than 999', async () => {
  double.workers.length = 0;
  for (let at = 0; at < 65; at += 1) double.hire(`W${at}`);
  const ask = (page: number, count = 30) => send(getWorkers(filter(now(), now(), page, count) + group));
  expect((await ask(3)).text).toContain(
    '<wd:Total_Results>65</wd:Total_Results><wd:Total_Pages>3</wd:Total_Pages><wd:Page_Results>5</wd:Page_Results><wd:Page>3</wd:Page>',
  );
  expect((await ask(9)).text).toContain('<wd:Page_Results>0</wd:Page_Results>');
  for (const [page, count] of [
    [0, 30],
    [1, 1_000],
  ] as const) {
    const { status, text } = await ask(page, count);
    expect(status).toBe(500);
    expect(text).toContain('<faultcode>SOAP-ENV:Client.validationError</faultcode>');
  }
});

it('shows a future hire as inactive today and as active as of the hire date', async () => {
  const day = dayIn(double.timeZone, double.now() + 20 * 86_400_000);
  const { wid } = double.hire('F1', { events: [{ type: 'hire', effective: day, entered: double.now() }] });
  const today = await send(getWorkers(byWid(wid) + filter(now(), now()) + group));
  expect(today.text).toContain('<wd:Active>0</wd:Active>');
  expect(today.text).not.toContain('Position_Data');
  const then = await send(getWorkers(byWid(wid) + filter(`${day}T20:00:00+00:00`, now()) + group));
  expect(then.text).toContain('<wd:Active>1</wd:Active>');
});

it('travels in time by date and by entry', async () => {
  const worker = double.hire('T1', {}, { title: 'Before' });
  worker.events[0]!.entered = double.now() - 10_000_000;
  const entered = double.now() - 1_000_000;
  worker.events.push({ type: 'change', effective: '2024-03-01', entered, state: { title: 'After' } });
  const titleAsOf = async (effective: string, entry: string) =>
    /<wd:Business_Title>(\w+)<.*$/.exec(
      (await send(getWorkers(byWid(worker.wid) + filter(effective, entry) + group), 'v21.1')).text,
    )?.[1];
  expect(await titleAsOf('2024-02-29', now())).toBe('Before');
  expect(await titleAsOf('2024-03-01', now())).toBe('After');
  expect(await titleAsOf('2024-03-01', new Date(entered - 1).toISOString())).toBe('Before');
});

it('answers a wrong password, a wrong id and a version that is not there with faults of status 500', async () => {
  const body = getWorkers(byWid('nobody') + filter(now(), now()) + group);
  const faults = [await send(body), await send(body, 'v42.0', 'wrong'), await send(body, 'v7.0')];
  expect(faults.map(({ status }) => status)).toEqual([500, 500, 500]);
  const [id, password, version] = faults.map(({ text }) => text);
  expect(id).toContain("'nobody' is not a valid ID value for type = 'WID'");
  expect(id).toMatch(/<wd:Xpath>.*Worker_Reference\[1\]<\/wd:Xpath>/);
  expect(password).toContain('<faultcode>SOAP-ENV:Client.authenticationError</faultcode>');
  expect(version).toContain('wd:Processing_Fault');
});

it('takes a change of contacts as users of Workday send it, without a reference', async () => {
  const worker = double.hire('C1');
  const change = (
    email: string,
  ) => `<wd:Change_Work_Contact_Information_Request xmlns:wd="urn:com.workday/bsvc" wd:version="v42.0">
    <wd:Business_Process_Parameters><wd:Auto_Complete>true</wd:Auto_Complete><wd:Run_Now>true</wd:Run_Now></wd:Business_Process_Parameters>
    <wd:Change_Work_Contact_Information_Data>
      <wd:Person_Reference><wd:ID wd:type="Employee_ID">C1</wd:ID></wd:Person_Reference>
      <wd:Event_Effective_Date>2026-01-01</wd:Event_Effective_Date>
      <wd:Person_Contact_Information_Data><wd:Person_Email_Information_Data wd:Replace_All="false">
        <wd:Email_Information_Data wd:Delete="false">
          <wd:Email_Data><wd:Email_Address>${email}</wd:Email_Address></wd:Email_Data>
          <wd:Usage_Data wd:Public="true"><wd:Type_Data wd:Primary="true"><wd:Type_Reference>
            <wd:ID wd:type="Communication_Usage_Type_ID">WORK</wd:ID>
          </wd:Type_Reference></wd:Type_Data></wd:Usage_Data>
        </wd:Email_Information_Data>
      </wd:Person_Email_Information_Data></wd:Person_Contact_Information_Data>
    </wd:Change_Work_Contact_Information_Data>
  </wd:Change_Work_Contact_Information_Request>`;
  for (const email of ['one@contoso.example', 'two@contoso.example'])
    expect((await send(change(email))).status).toBe(200);
  expect(worker.contacts.map(({ value }) => value)).toEqual(['two@contoso.example']);
  expect((await send(change('no address'))).text).toContain('Email_Address[1]</wd:Xpath>');
});

it('takes a user name as users of Workday send it', async () => {
  double.hire('U1');
  const update = `<bsvc:Workday_Account_for_Worker_Update bsvc:version="v41.2" xmlns:bsvc="urn:com.workday/bsvc">
    <bsvc:Worker_Reference><bsvc:Employee_Reference><bsvc:Integration_ID_Reference>
      <bsvc:ID bsvc:System_ID="WD-EMPLID">U1</bsvc:ID>
    </bsvc:Integration_ID_Reference></bsvc:Employee_Reference></bsvc:Worker_Reference>
    <bsvc:Workday_Account_for_Worker_Data><bsvc:User_Name>u.one</bsvc:User_Name></bsvc:Workday_Account_for_Worker_Data>
  </bsvc:Workday_Account_for_Worker_Update>`;
  expect((await send(update)).status).toBe(200);
  const { text } = await send(getWorkers(filter(now(), now(), 1, 999) + group));
  expect(text).toContain('<wd:User_ID>u.one</wd:User_ID>');
});
