import { asOf, type Contact, type Domain, type Worker, type WorkerState } from './tenant.js';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const text = (value: string): string => value.replace(/[&<>"]/g, (each) => entities[each]!);

const tag = (name: string, content: string | undefined, attributes = ''): string =>
  content === undefined || content === '' ? '' : `<wd:${name}${attributes}>${content}</wd:${name}>`;

/** References carry a descriptor and several ids, the WID among them. */
function ref(name: string, descriptor: string, ids: Record<string, string>): string {
  const all = Object.entries({ WID: widOf(descriptor), ...ids });
  const inner = all.map(([type, id]) => `<wd:ID wd:type="${type}">${text(id)}</wd:ID>`).join('');
  return `<wd:${name} wd:Descriptor="${text(descriptor)}">${inner}</wd:${name}>`;
}

const widOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(32, '0').slice(0, 32);

export interface Shown {
  group: Set<string>;
  domains: Set<Domain>;
  version: number;
}

export const workerReference = ({ wid, kind, workerId }: Worker, descriptor = workerId): string =>
  `<wd:Worker_Reference wd:Descriptor="${text(descriptor)}"><wd:ID wd:type="WID">${wid}</wd:ID>` +
  `<wd:ID wd:type="${kind}_ID">${text(workerId)}</wd:ID></wd:Worker_Reference>`;

/** A wd:Worker as of a day and an entry moment, with the sections asked for that may be seen. */
export function workerXml(worker: Worker, day: string, entry: number, shown: Shown): string {
  const seen = asOf(worker, day, entry)!;
  const { state } = seen;
  const { group, domains } = shown;
  const data = [
    tag('Worker_ID', text(worker.workerId)),
    tag('User_ID', state.userName && text(state.userName)),
    group.has('Include_Personal_Information') ? personal(worker, state, domains) : '',
    group.has('Include_Employment_Information') && domains.has('employment')
      ? employment(seen, shown.version)
      : '',
    group.has('Include_Organizations') && domains.has('organizations') && seen.placed
      ? organizations(state, group)
      : '',
    group.has('Include_Management_Chain_Data') && domains.has('management') && seen.placed
      ? management(state)
      : '',
    group.has('Include_Account_Provisioning') && domains.has('provisioning') ? provisioning(state) : '',
  ];
  const reference = group.has('Include_Reference')
    ? workerReference(worker, `${state.legalFirstName ?? ''} ${state.legalLastName ?? ''}`.trim())
    : '';
  return tag('Worker', `${reference}${tag('Worker_Data', data.join(''))}`);
}

function personal({ contacts }: Worker, state: WorkerState, domains: Set<Domain>): string {
  const name = (first?: string, middle?: string, last?: string) => {
    const whole = [first, middle, last].filter(Boolean).join(' ');
    const detail =
      ref('Country_Reference', 'United States of America', { 'ISO_3166-1_Alpha-2_Code': 'US' }) +
      tag('First_Name', first && text(first)) +
      tag('Middle_Name', middle && text(middle)) +
      tag('Last_Name', last && text(last));
    return tag('Name_Detail_Data', detail, ` wd:Formatted_Name="${text(whole)}"`);
  };
  const { legalFirstName, legalMiddleName, legalLastName, preferredFirstName, preferredLastName } = state;
  const names = domains.has('names')
    ? tag(
        'Name_Data',
        tag('Legal_Name_Data', name(legalFirstName, legalMiddleName, legalLastName)) +
          (preferredFirstName || preferredLastName
            ? tag('Preferred_Name_Data', name(preferredFirstName, undefined, preferredLastName))
            : ''),
      )
    : '';
  const contact = domains.has('contacts')
    ? tag(
        'Contact_Data',
        contacts.map((each) => (each.kind === 'phone' ? phone(each) : email(each))).join(''),
      )
    : '';
  return tag('Personal_Data', names + contact);
}

function usage({ usage: type, primary, isPublic }: Contact): string {
  const descriptor = type === 'WORK' ? 'Work' : 'Home';
  return (
    `<wd:Usage_Data wd:Public="${isPublic ? 1 : 0}"><wd:Type_Data wd:Primary="${primary ? 1 : 0}">` +
    ref('Type_Reference', descriptor, { Communication_Usage_Type_ID: type }) +
    '</wd:Type_Data></wd:Usage_Data>'
  );
}

const email = (contact: Contact): string =>
  tag(
    'Email_Address_Data',
    tag('Email_Address', text(contact.value)) +
      usage(contact) +
      ref('Email_Reference', contact.id, { Email_ID: contact.id }) +
      tag('ID', contact.id),
  );

function phone(contact: Contact): string {
  const { value, callingCode = '1', device = 'Landline', extension } = contact;
  const formatted = `+${callingCode} ${value}${extension ? ` x${extension}` : ''}`;
  const attributes = ` wd:Formatted_Phone="${text(formatted)}" wd:E164_Formatted_Phone="+${callingCode}${value}"`;
  return tag(
    'Phone_Data',
    tag('International_Phone_Code', callingCode) +
      tag('Phone_Number', text(value)) +
      tag('Phone_Extension', extension) +
      ref('Phone_Device_Type_Reference', device, { Phone_Device_Type_ID: device }) +
      usage(contact) +
      ref('Phone_Reference', contact.id, { Phone_ID: contact.id }) +
      tag('ID', contact.id),
    attributes,
  );
}

/** Booleans are 1 and 0, dates have the offset of the data centre. */
function employment(seen: NonNullable<ReturnType<typeof asOf>>, version: number): string {
  const date = (day: string | undefined) => day && `${day}-08:00`;
  const status = tag(
    'Worker_Status_Data',
    tag('Active', seen.active ? '1' : '0') +
      tag('Hire_Date', date(seen.hireDate)) +
      tag('Original_Hire_Date', date(seen.hireDate)) +
      tag('Retired', '0') +
      tag('Terminated', seen.terminated ? '1' : '0') +
      tag('Termination_Date', date(seen.terminationDate)) +
      tag('Hire_Rescinded', seen.rescinded ? '1' : '0'),
  );
  if (!seen.placed) return tag('Employment_Data', status);
  const { title, city, street, country = 'US' } = seen.state;
  const site = tag(
    'Business_Site_Summary_Data',
    tag('Name', city && text(city)) +
      tag(
        'Address_Data',
        ref('Country_Reference', country, { 'ISO_3166-1_Alpha-2_Code': country }) +
          tag('Address_Line_Data', street && text(street), ' wd:Type="ADDRESS_LINE_1"') +
          tag('Municipality', city && text(city)),
      ),
  );
  const position = tag('Position_Data', tag('Business_Title', title && text(title)) + site);
  const additional = tag(
    'Worker_Job_Data',
    tag('Position_Data', tag('Business_Title', 'A second job')),
    ' wd:Primary_Job="0"',
  );
  return tag(
    'Employment_Data',
    (version < 30 ? position : additional + tag('Worker_Job_Data', position, ' wd:Primary_Job="1"')) + status,
  );
}

function organizations({ department, company, costCenter }: WorkerState, group: Set<string>): string {
  const one = (type: string, name: string | undefined, excluded: string) =>
    name === undefined || group.has(excluded)
      ? ''
      : tag(
          'Worker_Organization_Data',
          ref('Organization_Reference', name, { Organization_Reference_ID: `${type}-${name}` }) +
            tag(
              'Organization_Data',
              tag('Organization_Reference_ID', text(`${type}-${name}`)) +
                tag('Organization_Name', text(name)) +
                ref('Organization_Type_Reference', type, { Organization_Type_ID: type }),
            ),
        );
  return tag(
    'Organization_Data',
    one('SUPERVISORY', department, 'Exclude_Supervisory_Organizations') +
      one('COMPANY', company, 'Exclude_Companies') +
      one('COST_CENTER', costCenter, 'Exclude_Cost_Centers') +
      one('PAY_GROUP', 'Monthly', 'Exclude_Pay_Groups'),
  );
}

/** From the top of the company down; a vacant place has an organisation and no manager. */
function management({ managers = [] }: WorkerState): string {
  const chain = managers.map((wid, at) =>
    tag(
      'Management_Chain_Data',
      ref('Organization_Reference', `Level ${at}`, {}) +
        (wid === null
          ? ''
          : `<wd:Manager_Reference><wd:ID wd:type="WID">${wid}</wd:ID></wd:Manager_Reference>`),
    ),
  );
  return tag('Management_Chain_Data', tag('Worker_Supervisory_Management_Chain_Data', chain.join('')));
}

const provisioning = ({ provisioningGroups = [] }: WorkerState): string =>
  tag(
    'Account_Provisioning_Data',
    provisioningGroups
      .map((name) =>
        tag(
          'Provisioning_Group_Assignment_Data',
          tag('Provisioning_Group', text(name)) + tag('Status', 'Assigned'),
        ),
      )
      .join(''),
  );
