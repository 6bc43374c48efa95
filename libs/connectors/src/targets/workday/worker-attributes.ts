import type { AttributeValue, TargetAttribute } from '../../contract.js';

/** One attribute of a worker and where Get_Workers has it. */
export interface WorkerAttribute {
  name: string;
  type: 'string' | 'boolean';
  multiValued?: boolean;
  writable?: boolean;
  unique?: boolean;
  /** XPath from the parent of wd:Worker. Tried in turn until one has a value. Left out: worked out here. */
  paths?: string[];
}

const personal = 'wd:Worker/wd:Worker_Data/wd:Personal_Data';
const names = `${personal}/wd:Name_Data`;
const contact = `${personal}/wd:Contact_Data`;
const employment = 'wd:Worker/wd:Worker_Data/wd:Employment_Data';
const organizations = 'wd:Worker/wd:Worker_Data/wd:Organization_Data/wd:Worker_Organization_Data';
const usage =
  "wd:Usage_Data/wd:Type_Data/wd:Type_Reference/wd:ID[@wd:type='Communication_Usage_Type_ID']='WORK'";
/** Of the same several, the one marked as primary, else the first. */
const primary = "wd:Usage_Data/wd:Type_Data[@wd:Primary='1' or @wd:Primary='true']";

const preferred = (part: string) => [
  `${names}/wd:Preferred_Name_Data/wd:Name_Detail_Data/${part}`,
  `${names}/wd:Legal_Name_Data/wd:Name_Detail_Data/${part}`,
];
const organization = (type: string) => [
  `${organizations}/wd:Organization_Data[wd:Organization_Type_Reference/wd:ID[@wd:type='Organization_Type_ID']='${type}']/wd:Organization_Name`,
  `${organizations}[wd:Organization_Data/wd:Organization_Type_Reference/wd:ID[@wd:type='Organization_Type_ID']='${type}']/wd:Organization_Reference/@wd:Descriptor`,
];
const phone = (device: string) => {
  const entry = `${contact}/wd:Phone_Data[${usage} and wd:Phone_Device_Type_Reference/wd:ID[@wd:type='Phone_Device_Type_ID']='${device}']`;
  const shapes = [
    '@wd:E164_Formatted_Phone',
    '@wd:Workday_Traditional_Formatted_Phone',
    '@wd:Formatted_Phone',
  ];
  return [`${entry}[${primary}]`, entry].flatMap((each) => shapes.map((shape) => `${each}/${shape}`));
};

/**
 * The attributes there are without any configuration, with the XPaths of Microsoft Entra's Workday attribute
 * reference. Up to v29 the position of a worker is one of Employment_Data, from v30 on one of each job.
 */
function workerAttributes(version: number): WorkerAttribute[] {
  const position =
    version < 30
      ? `${employment}/wd:Position_Data`
      : `${employment}/wd:Worker_Job_Data[@wd:Primary_Job='1' or @wd:Primary_Job='true']/wd:Position_Data`;
  const site = `${position}/wd:Business_Site_Summary_Data`;
  const text = (name: string, ...paths: string[]): WorkerAttribute => ({ name, type: 'string', paths });
  return [
    { name: 'wid', type: 'string', unique: true },
    { name: 'workerId', type: 'string', unique: true },
    { name: 'workerType', type: 'string' },
    { name: 'active', type: 'boolean' },
    { name: 'hireDate', type: 'string' },
    { name: 'lastDay', type: 'string' },
    { ...text('userName', 'wd:Worker/wd:Worker_Data/wd:User_ID'), writable: true, unique: true },
    text('firstName', ...preferred('wd:First_Name')),
    text('middleName', ...preferred('wd:Middle_Name')),
    text('lastName', ...preferred('wd:Last_Name')),
    text('formattedName', ...preferred('@wd:Formatted_Name')),
    text('legalFirstName', `${names}/wd:Legal_Name_Data/wd:Name_Detail_Data/wd:First_Name`),
    text('legalLastName', `${names}/wd:Legal_Name_Data/wd:Name_Detail_Data/wd:Last_Name`),
    {
      ...text(
        'workEmail',
        `${contact}/wd:Email_Address_Data[${usage}][${primary}]/wd:Email_Address`,
        `${contact}/wd:Email_Address_Data[${usage}]/wd:Email_Address`,
      ),
      writable: true,
    },
    { ...text('workPhone', ...phone('Landline')), writable: true },
    { ...text('workMobile', ...phone('Mobile')), writable: true },
    text('title', `${position}/wd:Business_Title`),
    text('positionTitle', `${position}/wd:Position_Title`),
    text('department', ...organization('SUPERVISORY'), ...organization('Supervisory')),
    text('company', ...organization('COMPANY'), ...organization('Company')),
    text('costCenter', ...organization('COST_CENTER'), ...organization('Cost_Center')),
    text('location', `${site}/wd:Name`, `${site}/wd:Location_Reference/@wd:Descriptor`),
    text('streetAddress', `${site}/wd:Address_Data/wd:Address_Line_Data[@wd:Type='ADDRESS_LINE_1']`),
    text('city', `${site}/wd:Address_Data/wd:Municipality`),
    text(
      'region',
      `${site}/wd:Address_Data/wd:Country_Region_Descriptor`,
      `${site}/wd:Address_Data/wd:Country_Region_Reference/@wd:Descriptor`,
    ),
    text('postalCode', `${site}/wd:Address_Data/wd:Postal_Code`),
    text(
      'country',
      `${site}/wd:Address_Data/wd:Country_Reference/wd:ID[@wd:type='ISO_3166-1_Alpha-2_Code']`,
      `${site}/wd:Address_Data/wd:Country_Reference/wd:ID[@wd:type='ISO_3166-1_Alpha-3_Code']`,
    ),
    text(
      'manager',
      "wd:Worker/wd:Worker_Data/wd:Management_Chain_Data/wd:Worker_Supervisory_Management_Chain_Data[1]/wd:Management_Chain_Data[last()]/wd:Manager_Reference/wd:ID[@wd:type='WID']",
    ),
    {
      ...text(
        'provisioningGroups',
        "wd:Worker/wd:Worker_Data/wd:Account_Provisioning_Data/wd:Provisioning_Group_Assignment_Data[wd:Status='Assigned']/wd:Provisioning_Group",
      ),
      multiValued: true,
    },
  ];
}

/** With the XPaths of the settings, in place of the usual or for attributes of their own. */
export function attributesWith(version: number, xpaths: Record<string, string>): WorkerAttribute[] {
  const usual = workerAttributes(version);
  const own = Object.entries(xpaths).filter(([name]) => !usual.some((each) => each.name === name));
  return [
    ...usual.map((each) => {
      const path = xpaths[each.name];
      return path === undefined || !each.paths ? each : { ...each, paths: [path] };
    }),
    ...own.map(([name, path]): WorkerAttribute => ({ name, type: 'string', paths: [path] })),
  ];
}

/** Read from Workday and never written. */
export const workedOut = (name: string): boolean =>
  workerAttributes(30).some((each) => each.name === name && !each.paths);

export const asTarget = (
  { name, type, multiValued = false, writable = false, unique = false }: WorkerAttribute,
  writeBack: boolean,
): TargetAttribute => ({
  name,
  type,
  multiValued,
  required: false,
  caseExact: !['workEmail', 'userName'].includes(name),
  mutability: writable && writeBack ? 'readWrite' : 'readOnly',
  unique,
});

/** One value, or a list where there are several of an attribute that may have them. */
export const valueOf = ({ multiValued }: WorkerAttribute, texts: string[]): AttributeValue | undefined =>
  multiValued ? (texts.length > 0 ? texts : undefined) : texts[0];
