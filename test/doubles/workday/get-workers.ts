import { type Element } from '@xmldom/xmldom';
import { Fault, invalidId } from './fault.js';
import { asOf, dayIn, type Domain, type Worker } from './tenant.js';
import { attribute, elements, first, textIn } from './request.js';
import { workerXml } from './worker-xml.js';

export interface Asking {
  workers: Worker[];
  domains: Set<Domain>;
  version: number;
  timeZone: string;
  now: number;
  /** Whatever page is asked for, the first is given. */
  loopPages?: boolean;
  emptyPage?: number;
}

const mostOnAPage = 999;

/** Get_Workers of Human_Resources. */
export function getWorkers(request: Element, asking: Asking): string {
  const { version, timeZone, now } = asking;
  const filter = first(request, 'Response_Filter');
  const page = Number(textIn(filter, 'Page') ?? 1);
  const count = Number(textIn(filter, 'Count') ?? 100);
  if (!(page >= 1)) throw new Fault('Client.validationError', 'Page must be greater than zero.', '//wd:Page');
  if (!(count >= 1 && count <= mostOnAPage))
    throw new Fault('Client.validationError', `Count must be between 1 and ${mostOnAPage}.`, '//wd:Count');
  const effective = textIn(filter, 'As_Of_Effective_Date');
  const day = effective === undefined ? dayIn(timeZone, now) : dayOf(effective, timeZone);
  const entry = instant(textIn(filter, 'As_Of_Entry_DateTime')) ?? now;
  const references = first(request, 'Request_References');
  const found = references
    ? referenced(references, asking).filter((each) => asOf(each, day, entry))
    : searched(first(request, 'Request_Criteria'), asking, day, entry);
  const pages = Math.max(1, Math.ceil(found.length / count));
  const given = asking.loopPages ? 1 : page;
  const shown = page === asking.emptyPage ? [] : found.slice((given - 1) * count, given * count);
  const group = new Set(
    elements(first(request, 'Response_Group'))
      .filter((each) => /^(1|true)$/.test(each.textContent ?? ''))
      .map((each) => each.localName!),
  );
  if (group.size === 0) for (const usual of defaultGroup) group.add(usual);
  const view = { group, domains: asking.domains, version };
  return (
    `<wd:Get_Workers_Response wd:version="v${version.toFixed(1)}"><wd:Response_Results>` +
    `<wd:Total_Results>${found.length}</wd:Total_Results>` +
    `<wd:Total_Pages>${asking.loopPages ? 1_000 : pages}</wd:Total_Pages>` +
    `<wd:Page_Results>${shown.length}</wd:Page_Results><wd:Page>${given}</wd:Page></wd:Response_Results>` +
    `<wd:Response_Data>${shown.map((each) => workerXml(each, day, entry, view)).join('')}</wd:Response_Data>` +
    '</wd:Get_Workers_Response>'
  );
}

const defaultGroup = ['Include_Reference', 'Include_Personal_Information', 'Include_Employment_Information'];

function referenced(references: Element, { workers }: Asking): Worker[] {
  return elements(references).flatMap((reference, at) => {
    const id = first(reference, 'ID');
    const type = attribute(id, 'type') ?? '';
    const value = id?.textContent ?? '';
    const hits = workers.filter(
      (each) =>
        (type === 'WID' && each.wid === value) || (type === `${each.kind}_ID` && each.workerId === value),
    );
    if (hits.length === 0)
      throw invalidId(
        value,
        type,
        `/bsvc:Get_Workers_Request[1]/bsvc:Request_References[1]/bsvc:Worker_Reference[${at + 1}]`,
      );
    return hits;
  });
}

function searched(criteria: Element | undefined, asking: Asking, day: string, entry: number): Worker[] {
  const yes = (name: string) => /^(1|true)$/.test(textIn(criteria, name) ?? '');
  const range = first(first(criteria, 'Transaction_Log_Criteria_Data'), 'Transaction_Date_Range_Data');
  const at = (name: string) => instant(textIn(range, name));
  const [updatedFrom, updatedThrough] = [at('Updated_From'), at('Updated_Through')];
  const [effectiveFrom, effectiveThrough] = [at('Effective_From'), at('Effective_Through')];
  const within = (moment: number, from = 0, through = Infinity) => moment >= from && moment <= through;
  return asking.workers.filter((worker) => {
    const state = asOf(worker, day, entry);
    if (!state) return false;
    if (yes('Exclude_Employees') && worker.kind === 'Employee') return false;
    if (yes('Exclude_Contingent_Workers') && worker.kind === 'Contingent_Worker') return false;
    if (yes('Exclude_Inactive_Workers') && !state.active) return false;
    if (!range) return true;
    const moments = [
      ...worker.events.flatMap(({ entered, rescinded }) => [entered, ...(rescinded ? [rescinded] : [])]),
      ...worker.written.map((each) => each.at),
    ];
    if (updatedFrom !== undefined && !moments.some((each) => within(each, updatedFrom, updatedThrough)))
      return false;
    // A last day takes effect when it is over, so the event is dated the day after.
    const takesEffect = (event: Worker['events'][number]) =>
      Date.parse(`${event.effective}T08:00:00Z`) + (event.type === 'terminate' ? 86_400_000 : 0);
    return (
      effectiveFrom === undefined ||
      worker.events.some(
        (each) => each.entered <= entry && within(takesEffect(each), effectiveFrom, effectiveThrough),
      )
    );
  });
}

/** A date, or a moment whose day in the tenant counts. */
function dayOf(value: string, timeZone: string): string {
  return /T/.test(value) ? dayIn(timeZone, Date.parse(value)) : value.slice(0, 10);
}

function instant(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const moment = Date.parse(value);
  if (Number.isNaN(moment))
    throw new Fault(
      'Client.validationError',
      `Invalid date-time: ${value}`,
      '//wd:Transaction_Date_Range_Data',
    );
  return moment;
}
