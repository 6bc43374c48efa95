import type { Element } from '@xmldom/xmldom';
import { Fault, invalidId } from './fault.js';
import { attribute, elements, first, textIn } from './request.js';
import type { Contact, Worker } from './tenant.js';

const yes = (value: string | undefined): boolean => /^(1|true)$/.test(value ?? '');

/** Change_Work_Contact_Information: makes a business event; done at once where Auto_Complete says so. */
export function changeWorkContacts(request: Element, workers: Worker[], now: number): string {
  const data = first(request, 'Change_Work_Contact_Information_Data');
  const worker = personIn(first(data, 'Person_Reference'), workers);
  if (!/^\d{4}-\d\d-\d\d/.test(textIn(data, 'Event_Effective_Date') ?? ''))
    throw new Fault(
      'Client.validationError',
      'The field Event Effective Date is required and must have a value.',
    );
  if (worker.inProgress)
    throw new Fault(
      'Client.validationError',
      'You cannot initiate this action because there is another event in progress for the worker that conflicts with this action.',
      '/wd:Change_Work_Contact_Information_Request[1]',
    );
  const information = first(data, 'Person_Contact_Information_Data');
  const contacts = structuredClone(worker.contacts);
  applyEntries(contacts, first(information, 'Person_Phone_Information_Data'), 'phone');
  applyEntries(contacts, first(information, 'Person_Email_Information_Data'), 'email');
  const parameters = first(request, 'Business_Process_Parameters');
  worker.written.push({ at: now, what: 'contacts' });
  if (yes(textIn(parameters, 'Auto_Complete'))) worker.contacts = contacts;
  else worker.inProgress = true;
  return (
    '<wd:Change_Work_Contact_Information_Response><wd:Person_Contact_Information_Event_Reference>' +
    `<wd:ID wd:type="WID">${'e'.repeat(32)}</wd:ID></wd:Person_Contact_Information_Event_Reference>` +
    '</wd:Change_Work_Contact_Information_Response>'
  );
}

function applyEntries(contacts: Contact[], information: Element | undefined, kind: Contact['kind']): void {
  if (!information) return;
  const name = kind === 'phone' ? 'Phone' : 'Email';
  const path = `/wd:Change_Work_Contact_Information_Request[1]/wd:Person_${name}_Information_Data[1]`;
  const replaceAll = yes(attribute(information, 'Replace_All'));
  const ofWork = (each: Contact) => each.kind === kind && each.usage === 'WORK';
  if (replaceAll)
    for (const each of contacts.filter((one) => ofWork(one) && !one.primary))
      contacts.splice(contacts.indexOf(each), 1);
  for (const entry of elements(information)) {
    const id = first(first(entry, `${name}_Reference`), 'ID');
    if (id && replaceAll)
      throw new Fault(
        'Client.validationError',
        `When Replace All is True, you can't pass an ${name} Reference.`,
        path,
      );
    const known = id && contacts.find((each) => each.id === id.textContent && each.kind === kind);
    if (id && !known) throw invalidId(id.textContent ?? '', attribute(id, 'type') ?? '', path);
    if (yes(attribute(entry, 'Delete'))) {
      if (!known) throw new Fault('Client.validationError', `${name} Reference is required to delete.`, path);
      contacts.splice(contacts.indexOf(known), 1);
      continue;
    }
    const typeData = first(first(entry, 'Usage_Data'), 'Type_Data');
    if (textIn(first(typeData, 'Type_Reference'), 'ID') !== 'WORK')
      throw new Fault('Client.validationError', 'The usage type must be Work.', `${path}/wd:Usage_Data[1]`);
    const values = kind === 'phone' ? phoneIn(entry, path) : emailIn(entry, path);
    const changed = {
      ...values,
      primary: yes(attribute(typeData, 'Primary')),
      isPublic: yes(attribute(first(entry, 'Usage_Data'), 'Public')),
    };
    // A primary one without a reference takes the place of the primary there is.
    const replaced =
      known ?? (changed.primary ? contacts.find((each) => ofWork(each) && each.primary) : undefined);
    if (replaced) Object.assign(replaced, changed);
    else
      contacts.push({
        id: `${name.toUpperCase()}_REFERENCE-3-${contacts.length + 1}`,
        kind,
        usage: 'WORK',
        ...changed,
      });
  }
  const work = contacts.filter(ofWork);
  const primaries = work.filter(({ primary }) => primary).length;
  if (primaries > 1)
    throw new Fault('Client.validationError', `Only one work ${name} can be marked as Primary.`, path);
  if (work.length > 0 && primaries === 0)
    throw new Fault(
      'Client.validationError',
      `Subject worker must have exactly one primary work ${name.toLowerCase()} in order to submit non-primary entries.`,
      path,
    );
}

function emailIn(entry: Element, path: string): Pick<Contact, 'value'> {
  const value = textIn(first(entry, 'Email_Data'), 'Email_Address') ?? '';
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value))
    throw new Fault(
      'Client.validationError',
      'The email address is not in a valid format.',
      `${path}/wd:Email_Information_Data[1]/wd:Email_Data[1]/wd:Email_Address[1]`,
    );
  return { value };
}

function phoneIn(
  entry: Element,
  path: string,
): Pick<Contact, 'value' | 'device' | 'callingCode' | 'extension'> {
  const data = first(entry, 'Phone_Data');
  const code = textIn(first(data, 'Country_Code_Reference'), 'ID') ?? '';
  const match = /^[A-Z]{3}_(\d{1,4})$/.exec(code);
  if (!match) throw invalidId(code, 'Country_Phone_Code_ID', path);
  const device = textIn(first(data, 'Device_Type_Reference'), 'ID') ?? '';
  if (!['Landline', 'Mobile', 'Fax'].includes(device)) throw invalidId(device, 'Phone_Device_Type_ID', path);
  const value = (textIn(data, 'Complete_Phone_Number') ?? '').replace(/\D/g, '');
  if (value.length < 4)
    throw new Fault('Client.validationError', 'Enter a phone number in the valid format.', path);
  return { value, device, callingCode: match[1], extension: textIn(data, 'Extension') };
}

/** Update_Workday_Account. */
export function updateAccount(request: Element, workers: Worker[], now: number): string {
  const holder = first(request, 'Worker_Reference');
  const [kindReference] = elements(holder);
  const id = first(first(kindReference, 'Integration_ID_Reference'), 'ID');
  const kind = kindReference?.localName?.replace(/_Reference$/, '');
  const worker = workers.find(
    (each) =>
      each.kind === kind &&
      (attribute(id, 'System_ID') === 'WD-WID' ? each.wid : each.workerId) === id?.textContent,
  );
  if (!worker)
    throw invalidId(id?.textContent ?? '', `${kind}_ID`, '/wd:Workday_Account_for_Worker_Update[1]');
  const userName = textIn(first(request, 'Workday_Account_for_Worker_Data'), 'User_Name') ?? '';
  const nameOf = (each: Worker) =>
    each.events.findLast(({ state }) => state?.userName !== undefined)?.state?.userName;
  if (workers.some((each) => each !== worker && nameOf(each) === userName))
    throw new Fault(
      'Client.validationError',
      'User Name is already in use by another account.',
      '/wd:Workday_Account_for_Worker_Update[1]/wd:Workday_Account_for_Worker_Data[1]/wd:User_Name[1]',
    );
  worker.events.push({ type: 'change', effective: '1900-01-01', entered: now, state: { userName } });
  worker.written.push({ at: now, what: 'account' });
  return '<wd:Update_Workday_Account_Response/>';
}

function personIn(reference: Element | undefined, workers: Worker[]): Worker {
  const id = first(reference, 'ID');
  const [type, value] = [attribute(id, 'type') ?? '', id?.textContent ?? ''];
  const found = workers.find((each) =>
    type === 'WID' ? each.wid === value : type === `${each.kind}_ID` && each.workerId === value,
  );
  if (!found)
    throw invalidId(value, type, '/wd:Change_Work_Contact_Information_Request[1]/wd:Person_Reference[1]');
  return found;
}
