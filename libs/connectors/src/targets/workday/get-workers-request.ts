import type { WorkerAttribute } from './worker-attributes.js';
import type { WorkdaySettings } from './settings.js';
import { reference, wd, type Xml } from './xml-text.js';

export type WorkerIdType = 'WID' | 'Employee_ID' | 'Contingent_Worker_ID';

/** What a Get_Workers request asks for. Moments are ISO 8601 in UTC. */
export interface WorkersQuery {
  references?: { type: WorkerIdType; id: string }[];
  /** Of the transaction log: entered within, or coming into effect within. */
  entered?: { from: string; through: string };
  effective?: { from: string; through: string };
  asOfEffective: string;
  asOfEntry: string;
  page: number;
  count: number;
  sections: Sections;
}

/** Which parts of workers are asked for. */
export type Sections = 'status' | 'whole';

type Kinds = Pick<WorkdaySettings, 'workerTypes'>;

/** The body of the request (Get_Workers_Request of Human_Resources). */
export function getWorkersRequest(
  query: WorkersQuery,
  settings: Kinds & Pick<WorkdaySettings, 'apiVersion' | 'include'>,
  attributes: WorkerAttribute[],
): Xml {
  const { references, entered, effective } = query;
  const range =
    entered || effective
      ? wd(
          'Transaction_Log_Criteria_Data',
          wd('Transaction_Date_Range_Data', [
            wd('Updated_From', entered?.from),
            wd('Updated_Through', entered?.through),
            wd('Effective_From', effective?.from),
            wd('Effective_Through', effective?.through),
          ]),
        )
      : undefined;
  return wd(
    'Get_Workers_Request',
    [
      references
        ? wd(
            'Request_References',
            references.map(({ type, id }) => reference('Worker_Reference', type, id)),
          )
        : wd('Request_Criteria', [range, ...excluded(settings)]),
      wd('Response_Filter', [
        wd('As_Of_Effective_Date', query.asOfEffective),
        wd('As_Of_Entry_DateTime', query.asOfEntry),
        wd('Page', query.page),
        wd('Count', query.count),
      ]),
      wd('Response_Group', responseGroup(query.sections, settings.include, attributes)),
    ],
    { version: settings.apiVersion },
  );
}

/** One worker of the first page at most, and nobody there: what Microsoft Entra tests a connection with. */
export function signInRequest(now: string, { apiVersion }: Pick<WorkdaySettings, 'apiVersion'>): Xml {
  return wd(
    'Get_Workers_Request',
    [
      wd('Request_Criteria', [
        wd(
          'Transaction_Log_Criteria_Data',
          wd('Transaction_Date_Range_Data', [wd('Updated_From', now), wd('Updated_Through', now)]),
        ),
        wd('Exclude_Employees', true),
        wd('Exclude_Contingent_Workers', true),
        wd('Exclude_Inactive_Workers', true),
      ]),
      wd('Response_Filter', [
        wd('As_Of_Effective_Date', now),
        wd('As_Of_Entry_DateTime', now),
        wd('Page', 1),
        wd('Count', 1),
      ]),
      wd('Response_Group', wd('Include_Reference', true)),
    ],
    { version: apiVersion },
  );
}

function excluded({ workerTypes }: Kinds): Xml[] {
  if (workerTypes === 'employees') return [wd('Exclude_Contingent_Workers', true)];
  if (workerTypes === 'contingent-workers') return [wd('Exclude_Employees', true)];
  return [];
}

/** Kinds of organisations, each left out where no XPath names its type. They make answers large. */
const organizationTypes: [flag: string, type: RegExp][] = [
  ['Exclude_Location_Hierarchies', /LOCATION_HIERARCHY/i],
  ['Exclude_Cost_Centers', /COST_CENTER'/i],
  ['Exclude_Cost_Center_Hierarchies', /COST_CENTER_HIERARCHY/i],
  ['Exclude_Companies', /COMPANY'/i],
  ['Exclude_Company_Hierarchies', /COMPANY_HIERARCHY/i],
  ['Exclude_Matrix_Organizations', /MATRIX/i],
  ['Exclude_Pay_Groups', /PAY_GROUP/i],
  ['Exclude_Regions', /REGION'/i],
  ['Exclude_Region_Hierarchies', /REGION_HIERARCHY/i],
  ['Exclude_Supervisory_Organizations', /SUPERVISORY/i],
  ['Exclude_Funds', /FUND'/i],
  ['Exclude_Fund_Hierarchies', /FUND_HIERARCHY/i],
  ['Exclude_Grants', /GRANT'/i],
  ['Exclude_Grant_Hierarchies', /GRANT_HIERARCHY/i],
  ['Exclude_Business_Units', /BUSINESS_UNIT'/i],
  ['Exclude_Business_Unit_Hierarchies', /BUSINESS_UNIT_HIERARCHY/i],
  ['Exclude_Programs', /PROGRAM'|PROGRAMS/i],
  ['Exclude_Program_Hierarchies', /PROGRAM_HIERARCHY/i],
  ['Exclude_Gifts', /GIFT'/i],
  ['Exclude_Gift_Hierarchies', /GIFT_HIERARCHY/i],
];

const sectionsByPath: [flag: string, path: string][] = [
  ['Include_Management_Chain_Data', 'wd:Management_Chain_Data'],
  ['Include_Account_Provisioning', 'wd:Account_Provisioning_Data'],
  ['Include_User_Account', 'wd:User_Account_Data'],
  ['Include_Qualifications', 'wd:Qualification_Data'],
  ['Include_Skills', 'wd:Skill_Data'],
  ['Include_Roles', 'wd:Role_Data'],
  ['Include_Related_Persons', 'wd:Related_Person_Data'],
  ['Include_Photo', 'wd:Photo_Data'],
];

function responseGroup(sections: Sections, include: string[], attributes: WorkerAttribute[]): Xml[] {
  const flag = (name: string) => wd(name, true);
  const always = [flag('Include_Reference'), flag('Include_Employment_Information')];
  if (sections === 'status') return always;
  const paths = attributes.flatMap((each) => each.paths ?? []);
  const asks = (part: string) => paths.some((path) => path.includes(part));
  const asksFor = (type: RegExp) => paths.some((path) => type.test(path));
  const organizations = asks('wd:Organization_Data/wd:Worker_Organization_Data')
    ? [
        flag('Include_Organizations'),
        flag('Exclude_Organization_Support_Role_Data'),
        ...organizationTypes.filter(([, type]) => !asksFor(type)).map(([name]) => flag(name)),
      ]
    : [];
  const found = sectionsByPath.filter(([, path]) => asks(path)).map(([name]) => name);
  return [
    ...always,
    flag('Include_Personal_Information'),
    ...organizations,
    ...[...new Set([...found, ...include])].map(flag),
  ];
}
