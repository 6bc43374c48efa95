import type { Attributes } from '../../contract.js';
import type { Employment } from './employment.js';
import type { Sections } from './get-workers-request.js';
import { type Document, type Element, Path } from './parse-xml.js';
import { dayOf, isYes } from './tenant-time.js';
import { type WorkerAttribute, valueOf } from './worker-attributes.js';

/** One of possibly several of a person: employee and contingent worker are profiles with a WID each. */
export interface Profile {
  wid: string;
  workerId?: string;
  kind: 'Employee' | 'Contingent_Worker';
  /** Undefined where the hub may not see the status of workers: whether the person is active is not known then. */
  employment?: Employment;
  attributes: Attributes;
}

export interface ResponseResults {
  totalResults: number;
  totalPages: number;
  page: number;
}

/** Nobody is on this page, and there are pages behind it. */
export const pageIsMissing = (profiles: Profile[], { totalPages }: ResponseResults, page: number): boolean =>
  profiles.length === 0 && totalPages > page;

const status = 'wd:Worker/wd:Worker_Data/wd:Employment_Data/wd:Worker_Status_Data';
const paths = {
  workers: new Path('/env:Envelope/env:Body/wd:Get_Workers_Response/wd:Response_Data/wd:Worker'),
  results: new Path('/env:Envelope/env:Body/wd:Get_Workers_Response/wd:Response_Results'),
  totalResults: new Path('wd:Total_Results'),
  totalPages: new Path('wd:Total_Pages'),
  page: new Path('wd:Page'),
  wid: new Path("wd:Worker/wd:Worker_Reference/wd:ID[@wd:type='WID']"),
  employeeId: new Path("wd:Worker/wd:Worker_Reference/wd:ID[@wd:type='Employee_ID']"),
  contingentId: new Path("wd:Worker/wd:Worker_Reference/wd:ID[@wd:type='Contingent_Worker_ID']"),
  status: new Path(status),
  active: new Path(`${status}/wd:Active`),
  hireDate: new Path(`${status}/wd:Hire_Date`),
  terminated: new Path(`${status}/wd:Terminated`),
  lastDay: new Path(`${status}/wd:Termination_Date | ${status}/wd:End_Employment_Date`),
  hireRescinded: new Path(`${status}/wd:Hire_Rescinded`),
};

/** Reads Get_Workers answers: each worker's attributes by XPath. */
export class WorkerReader {
  private readonly compiled: { attribute: WorkerAttribute; paths: Path[] }[];

  /** @throws Error where an attribute's path is not XPath */
  constructor(readonly attributes: WorkerAttribute[]) {
    this.compiled = attributes.flatMap((attribute) =>
      attribute.paths ? [{ attribute, paths: attribute.paths.map((each) => new Path(each)) }] : [],
    );
  }

  /** @returns undefined where the answer is not one to Get_Workers */
  read(
    document: Document,
    sections: Sections = 'whole',
  ): { results: ResponseResults; profiles: Profile[] } | undefined {
    const [results] = paths.results.elements(document);
    if (!results) return undefined;
    const number = (path: Path) => Number(path.text(results) ?? Number.NaN);
    return {
      results: {
        totalResults: number(paths.totalResults),
        totalPages: number(paths.totalPages),
        page: number(paths.page),
      },
      profiles: paths.workers.elements(document).flatMap((worker) => this.profile(worker, sections) ?? []),
    };
  }

  /** @returns undefined for a worker without a WID, who cannot be told from others */
  private profile(worker: Element, sections: Sections): Profile | undefined {
    const holder = alone(worker);
    const wid = paths.wid.text(holder);
    if (wid === undefined) return undefined;
    const employeeId = paths.employeeId.text(holder);
    const workerId = employeeId ?? paths.contingentId.text(holder);
    const kind = employeeId === undefined && workerId !== undefined ? 'Contingent_Worker' : 'Employee';
    const employment = employmentIn(holder);
    return {
      wid,
      ...(workerId !== undefined && { workerId }),
      kind,
      ...(employment && { employment }),
      attributes: {
        wid,
        ...(workerId !== undefined && { workerId }),
        workerType: kind,
        ...(employment?.hireDate !== undefined && { hireDate: employment.hireDate }),
        ...(employment?.lastDay !== undefined && { lastDay: employment.lastDay }),
        ...(sections === 'whole' && this.attributesOf(holder)),
      },
    };
  }

  private attributesOf(holder: Element): Attributes {
    const found: Attributes = {};
    for (const { attribute, paths: alternatives } of this.compiled) {
      for (const path of alternatives) {
        const value = valueOf(attribute, path.texts(holder));
        if (value === undefined) continue;
        found[attribute.name] = value;
        break;
      }
    }
    return found;
  }
}

function employmentIn(holder: Element): Employment | undefined {
  if (paths.status.elements(holder).length === 0) return undefined;
  const hireDate = dayOf(paths.hireDate.text(holder));
  const lastDay = dayOf(paths.lastDay.text(holder));
  return {
    active: isYes(paths.active.text(holder)),
    terminated: isYes(paths.terminated.text(holder)),
    hireRescinded: isYes(paths.hireRescinded.text(holder)),
    ...(hireDate !== undefined && { hireDate }),
    ...(lastDay !== undefined && { lastDay }),
  };
}

/** Paths begin at wd:Worker and must not see the other workers of the page, so it is taken out of it. */
function alone(worker: Element): Element {
  const holder = worker.ownerDocument!.createElementNS(null, 'alone');
  holder.appendChild(worker);
  return holder;
}
