import { type Document, type Element, Path } from './parse-xml.js';
import { isYes } from './tenant-time.js';

/** A work e-mail address or work phone of a worker, as Workday has it. */
export interface ContactEntry {
  value: string;
  primary: boolean;
  isPublic: boolean;
  /** Landline, Mobile and others. Of phones. */
  device?: string;
  /** Its id at Workday. Entries are changed and deleted by it. */
  reference?: { type: string; id: string };
}

export interface WorkContacts {
  userName?: string;
  emails: ContactEntry[];
  phones: ContactEntry[];
}

const worker = '/env:Envelope/env:Body/wd:Get_Workers_Response/wd:Response_Data/wd:Worker[1]/wd:Worker_Data';
const ofWork =
  "[wd:Usage_Data/wd:Type_Data/wd:Type_Reference/wd:ID[@wd:type='Communication_Usage_Type_ID']='WORK']";
const contact = `${worker}/wd:Personal_Data/wd:Contact_Data`;
const paths = {
  userName: new Path(`${worker}/wd:User_ID`),
  emails: new Path(`${contact}/wd:Email_Address_Data${ofWork}`),
  phones: new Path(`${contact}/wd:Phone_Data${ofWork}`),
  address: new Path('wd:Email_Address'),
  number: new Path(
    'string(@wd:E164_Formatted_Phone | @wd:Workday_Traditional_Formatted_Phone[not(../@wd:E164_Formatted_Phone)] | @wd:Formatted_Phone[not(../@wd:E164_Formatted_Phone) and not(../@wd:Workday_Traditional_Formatted_Phone)])',
  ),
  extension: new Path('wd:Phone_Extension'),
  device: new Path("wd:Phone_Device_Type_Reference/wd:ID[@wd:type='Phone_Device_Type_ID']"),
  primary: new Path('wd:Usage_Data/wd:Type_Data/@wd:Primary'),
  public: new Path('wd:Usage_Data/@wd:Public'),
  references: new Path("(wd:Email_Reference | wd:Phone_Reference)/wd:ID[@wd:type!='WID']"),
  type: new Path('@wd:type'),
};

/** Of the first worker of a Get_Workers answer. */
export function workContactsIn(document: Document): WorkContacts {
  const userName = paths.userName.text(document);
  return {
    ...(userName !== undefined && { userName }),
    emails: paths.emails.elements(document).map((each) => entry(each, paths.address.text(each))),
    phones: paths.phones.elements(document).map((each) => ({
      ...entry(each, numberIn(each)),
      device: paths.device.text(each),
    })),
  };
}

function entry(from: Element, value = ''): ContactEntry {
  const [reference] = paths.references.elements(from);
  const type = reference && paths.type.text(reference);
  return {
    value,
    primary: isYes(paths.primary.text(from)),
    isPublic: isYes(paths.public.text(from)),
    ...(reference && type !== undefined && { reference: { type, id: reference.textContent ?? '' } }),
  };
}

/** E.164 has no room for an extension, which the other forms have. */
function numberIn(phone: Element): string | undefined {
  const number = paths.number.text(phone);
  const extension = paths.extension.text(phone);
  if (number === undefined || extension === undefined || /x\s*\d+$/i.test(number)) return number;
  return `${number} x${extension}`;
}
