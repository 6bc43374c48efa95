import { parsePhone } from './phone-number.js';
import type { ContactPlan, EntryChange } from './plan-contacts.js';
import type { Profile } from './read-workers.js';
import type { WorkdaySettings } from './settings.js';
import type { Day } from './tenant-time.js';
import { type Content, reference, wd, type Xml } from './xml-text.js';

type Person = Pick<Profile, 'wid' | 'workerId' | 'kind'>;

/** Change_Work_Contact_Information of Human_Resources, completed at once. Entries that are not named stay. */
export function contactRequest(
  person: Person,
  { emails, phones }: Pick<ContactPlan, 'emails' | 'phones'>,
  effective: Day,
  { apiVersion, phoneCountry }: Pick<WorkdaySettings, 'apiVersion' | 'phoneCountry'>,
): Xml {
  return wd(
    'Change_Work_Contact_Information_Request',
    [
      wd('Business_Process_Parameters', [wd('Auto_Complete', true), wd('Run_Now', true)]),
      wd('Change_Work_Contact_Information_Data', [
        person.workerId === undefined
          ? reference('Person_Reference', 'WID', person.wid)
          : reference('Person_Reference', idTypeOf(person), person.workerId),
        wd('Event_Effective_Date', effective),
        wd('Person_Contact_Information_Data', [
          wd(
            'Person_Phone_Information_Data',
            phones.map((each) => entry('Phone', each, phoneData(each, phoneCountry))),
            { Replace_All: 'false' },
          ),
          wd(
            'Person_Email_Information_Data',
            emails.map((each) => entry('Email', each, wd('Email_Address', each.entry.value))),
            { Replace_All: 'false' },
          ),
        ]),
      ]),
    ],
    { version: apiVersion },
  );
}

/** Update_Workday_Account of Human_Resources. */
export function accountRequest(
  person: Person,
  userName: string,
  { apiVersion }: Pick<WorkdaySettings, 'apiVersion'>,
): Xml {
  const kind = person.kind === 'Employee' ? 'Employee_Reference' : 'Contingent_Worker_Reference';
  const id =
    person.workerId === undefined
      ? wd('ID', person.wid, { System_ID: 'WD-WID' })
      : wd('ID', person.workerId, { System_ID: 'WD-EMPLID' });
  return wd(
    'Workday_Account_for_Worker_Update',
    [
      wd('Worker_Reference', wd(kind, wd('Integration_ID_Reference', id))),
      wd('Workday_Account_for_Worker_Data', wd('User_Name', userName)),
    ],
    { version: apiVersion },
  );
}

const idTypeOf = ({ kind }: Pick<Profile, 'kind'>) =>
  kind === 'Employee' ? 'Employee_ID' : 'Contingent_Worker_ID';

function entry(what: 'Phone' | 'Email', { change, entry: given }: EntryChange, data: Content): Xml {
  const { reference: known, isPublic, primary } = given;
  return wd(
    `${what}_Information_Data`,
    [
      change === 'set' ? wd(`${what}_Data`, data) : undefined,
      change === 'set'
        ? wd(
            'Usage_Data',
            wd('Type_Data', reference('Type_Reference', 'Communication_Usage_Type_ID', 'WORK'), {
              Primary: String(primary),
            }),
            { Public: String(isPublic) },
          )
        : undefined,
      known && reference(`${what}_Reference`, known.type, known.id),
    ],
    { Delete: String(change === 'delete') },
  );
}

function phoneData({ entry: { value, device } }: EntryChange, phoneCountry: string): Content {
  const phone = parsePhone(value, phoneCountry);
  return [
    reference('Device_Type_Reference', 'Phone_Device_Type_ID', device ?? 'Landline'),
    phone &&
      reference('Country_Code_Reference', 'Country_Phone_Code_ID', `${phone.country}_${phone.callingCode}`),
    wd('Complete_Phone_Number', phone?.number ?? value),
    wd('Extension', phone?.extension),
  ];
}
