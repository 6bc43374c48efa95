import { randomUUID } from 'node:crypto';
import type { AttributeValue, ChangesPage, Outcome, Page, RemoteObject } from '../../contract.js';
import { type Employment, isActive } from './employment.js';
import type { Row } from './json-rows.js';
import { openReport, type OpenReport } from './report-stream.js';
import type { Session } from './session.js';
import { dayOf, isYes } from './tenant-time.js';

interface Run {
  report: OpenReport;
  now: number;
  page: number;
  given: Set<string>;
  /** Ids of workers who were given as active. */
  active: Set<string>;
  /** Profiles that have ended, until it shows that no other stands for the person. */
  ended: Map<string, RemoteObject>;
  /** Those of them who are given, once the report has been read. */
  left?: RemoteObject[];
  /** Rows that tell nobody's id. */
  nameless: number;
  idle: NodeJS.Timeout;
}

const idleMs = 600_000;
const mostRuns = 4;

/** Workers by a custom report (RaaS). The report has no pages: it is read as it comes, and kept open between them. */
export class ReportWorkers {
  private readonly runs = new Map<string, Run>();
  /** Attributes by the columns they come from. */
  private readonly names: Map<string, string>;

  constructor(private readonly session: Session) {
    const { reportColumns } = session.settings;
    this.names = new Map(Object.entries(reportColumns).map(([attribute, column]) => [column, attribute]));
  }

  async list(query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    return this.page(query, {});
  }

  /** Workers updated since, by a prompt of the report; without one all of them. */
  async changes(query: { token?: string; cursor?: string; limit?: number }): Promise<Outcome<ChangesPage>> {
    const { updatedFromPrompt, updatedThroughPrompt, overlapMinutes } = this.session.settings;
    const now = new Date(this.session.now()).toISOString();
    if (query.token === undefined && query.cursor === undefined) return this.begin(now);
    const since = Date.parse(query.token ?? '');
    if (query.cursor === undefined && Number.isNaN(since)) return unknownCursor;
    const prompts: Record<string, string> = {};
    if (query.cursor === undefined && updatedFromPrompt !== undefined)
      prompts[updatedFromPrompt] = new Date(since - overlapMinutes * 60_000).toISOString();
    if (query.cursor === undefined && updatedThroughPrompt !== undefined) prompts[updatedThroughPrompt] = now;
    const outcome = await this.page(query, prompts);
    if (outcome.kind !== 'ok') return outcome;
    const { objects, nextCursor, cutShort } = outcome.value;
    const { runBegan } = outcome;
    return {
      kind: 'ok',
      value: {
        objects,
        deleted: [],
        deletionsUnknown: updatedFromPrompt === undefined ? whoIsMissing : whoIsMissing + whoseDayPasses,
        ...(cutShort !== undefined && { cutShort }),
        ...(nextCursor !== undefined && { nextCursor }),
        ...(nextCursor === undefined && cutShort === undefined && { token: runBegan }),
      },
    };
  }

  async find(attribute: string, value: string): Promise<Outcome<RemoteObject[]>> {
    if (attribute === 'workerId') {
      for (const type of ['Employee_ID', 'Contingent_Worker_ID']) {
        const found = await this.search((each) => each.attributes.workerId === value, type, value);
        if (found.kind !== 'ok' || found.value.length > 0) return found;
        if (this.session.settings.workerPrompt === undefined) return found;
      }
      return { kind: 'ok', value: [] };
    }
    if (attribute === 'wid') return this.search((each) => each.attributes.wid === value, 'WID', value);
    return this.search((each) => each.attributes[attribute] === value);
  }

  async get(id: string): Promise<Outcome<RemoteObject>> {
    const found = await this.search((each) => each.id === id, 'WID', id);
    if (found.kind !== 'ok') return found as Outcome<never>;
    const [object] = found.value;
    if (object) return { kind: 'ok', value: object };
    return { kind: 'not-found', message: `The report has no worker ${id}.` };
  }

  close(): void {
    for (const cursor of this.runs.keys()) this.end(cursor);
  }

  private async begin(now: string): Promise<Outcome<ChangesPage>> {
    const opened = await openReport(this.session);
    if (opened.refused) return opened.refused;
    const first = await opened.report.next();
    opened.report.close();
    if ('done' in first && first.cutShort !== undefined)
      return { kind: 'retry', scope: 'connection', message: first.cutShort };
    const after = new Date(this.session.now()).toISOString();
    return { kind: 'ok', value: { objects: [], deleted: [], token: now < after ? now : after } };
  }

  private async page(
    query: { cursor?: string; limit?: number },
    prompts: Record<string, string>,
  ): Promise<
    (Extract<Outcome<Page>, { kind: 'ok' }> & { runBegan: string }) | Exclude<Outcome<Page>, { kind: 'ok' }>
  > {
    const limit = query.limit ?? this.session.settings.pageSize;
    let cursor = query.cursor;
    if (cursor === undefined) {
      const opened = await this.open(prompts);
      if (typeof opened !== 'string') return opened;
      cursor = opened;
    }
    const [id, page] = cursor.split('.') as [string, string?];
    const run = this.runs.get(id);
    if (!run || Number(page ?? 0) !== run.page) return unknownCursor;
    run.idle.refresh();
    const runBegan = new Date(run.now).toISOString();
    const objects: RemoteObject[] = [];
    while (objects.length < limit && !run.left) {
      const read = await run.report.next();
      if ('row' in read) {
        const object = this.judge(read.row, run);
        if (object) objects.push(object);
        continue;
      }
      if (read.cutShort !== undefined) {
        this.end(id);
        return { kind: 'ok', value: { objects, cutShort: read.cutShort }, runBegan };
      }
      run.left = [...run.ended].flatMap(([workerId, each]) => (run.active.has(workerId) ? [] : [each]));
    }
    objects.push(...(run.left?.splice(0, limit - objects.length) ?? []));
    if (run.left?.length === 0) {
      this.end(id);
      const cutShort = run.nameless > 0 ? withoutId(run.nameless) : undefined;
      return { kind: 'ok', value: { objects, ...(cutShort && { cutShort }) }, runBegan };
    }
    run.page += 1;
    return { kind: 'ok', value: { objects, nextCursor: `${id}.${run.page}` }, runBegan };
  }

  /** @returns the object where it is to be given now */
  private judge(row: Row, run: Run): RemoteObject | undefined {
    const object = this.objectOf(row, run.now);
    if (!object) run.nameless += 1;
    if (!object || run.given.has(object.id)) return undefined;
    run.given.add(object.id);
    const { workerId } = object.attributes;
    if (typeof workerId !== 'string') return object;
    if (object.active !== false) {
      run.active.add(workerId);
      return object;
    }
    const other = run.ended.get(workerId);
    if (!other || hiredOn(object) >= hiredOn(other)) run.ended.set(workerId, object);
    return undefined;
  }

  private async open(
    prompts: Record<string, string>,
  ): Promise<string | Exclude<Outcome<never>, { kind: 'ok' }>> {
    const before = this.session.now();
    const opened = await openReport(this.session, prompts);
    if (opened.refused) return opened.refused;
    const id = randomUUID();
    const run: Run = {
      report: opened.report,
      // A report may take minutes before it answers, and a clock here that is fast is known only then.
      now: Math.min(before, this.session.now()),
      page: 0,
      nameless: 0,
      given: new Set(),
      active: new Set(),
      ended: new Map(),
      idle: setTimeout(() => this.end(id), idleMs).unref(),
    };
    this.runs.set(id, run);
    const [oldest] = this.runs.keys();
    if (this.runs.size > mostRuns) this.end(oldest!);
    return id;
  }

  private end(id: string): void {
    const run = this.runs.get(id);
    if (!run) return;
    clearTimeout(run.idle);
    run.report.close();
    this.runs.delete(id);
  }

  /** The rows that fit, of one person the one that counts. By prompt where it has one, else through all of it. */
  private async search(
    fits: (object: RemoteObject) => boolean,
    type?: string,
    value?: string,
  ): Promise<Outcome<RemoteObject[]>> {
    const { workerPrompt } = this.session.settings;
    const prompts: Record<string, string> =
      workerPrompt !== undefined && type !== undefined && value !== undefined
        ? { [`${workerPrompt.split('!')[0]}!${type}`]: value }
        : {};
    const opened = await openReport(this.session, prompts);
    if (opened.refused?.kind === 'not-found') return { kind: 'ok', value: [] };
    if (opened.refused) return opened.refused;
    const found = new Map<string, RemoteObject>();
    const now = this.session.now();
    let nameless = 0;
    try {
      for (;;) {
        const read = await opened.report.next();
        if (!('row' in read)) {
          const cutShort = read.cutShort ?? (nameless > 0 ? withoutId(nameless) : undefined);
          if (cutShort === undefined || found.size > 0) break;
          return { kind: 'retry', scope: 'object', message: cutShort };
        }
        const object = this.objectOf(read.row, now);
        if (!object) nameless += 1;
        else if (fits(object)) found.set(object.id, object);
      }
    } finally {
      opened.report.close();
    }
    const hits = [...found.values()];
    const active = hits.filter((each) => each.active !== false);
    const ofOnePerson = new Set(hits.map((each) => each.attributes.workerId)).size === 1;
    return { kind: 'ok', value: ofOnePerson && active.length > 0 ? active.slice(0, 1) : hits.slice(0, 5) };
  }

  /** @returns undefined for a row without an id */
  private objectOf(row: Row, now: number): RemoteObject | undefined {
    const attributes: RemoteObject['attributes'] = {};
    for (const [column, value] of Object.entries(row)) {
      if (value === '' || value === null || value === undefined) continue;
      attributes[this.names.get(column) ?? column] = value as AttributeValue;
    }
    for (const name of ['wid', 'workerId'])
      if (typeof attributes[name] === 'number') attributes[name] = String(attributes[name]);
    const id = textOf(attributes.wid) ?? textOf(attributes.workerId);
    if (id === undefined) return undefined;
    const employment = employmentIn(attributes);
    if (!employment) return { id, attributes };
    const active = isActive(employment, this.session.settings, now);
    return { id, attributes: { ...attributes, active }, active };
  }
}

const whoIsMissing =
  'A report tells who is in it. Somebody whose hire was rescinded is only missing from a list of everything.';
const whoseDayPasses =
  ' A last day that passes without a change to the worker is not told either: a list of everything shows it.';

const unknownCursor = {
  kind: 'rejected',
  code: 'cursor',
  message: 'The report was not read up to here in this process, or too long ago. Begin again.',
} as const;

const withoutId = (rows: number): string =>
  `${rows} ${rows === 1 ? 'row of the report has' : 'rows of the report have'} neither wid nor workerId: who they are is not known.`;

const textOf = (value: AttributeValue | undefined): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

const hiredOn = ({ attributes }: RemoteObject): string => textOf(attributes.hireDate) ?? '';

/** @returns undefined where the report has none of the columns that tell it */
function employmentIn(attributes: RemoteObject['attributes']): Employment | undefined {
  const yes = (value: AttributeValue | undefined) => value === true || isYes(textOf(value));
  const { active, hireDate, lastDay, terminated, hireRescinded } = attributes;
  if (active === undefined && hireDate === undefined && terminated === undefined) return undefined;
  const [hired, last] = [dayOf(textOf(hireDate)), dayOf(textOf(lastDay))];
  return {
    active: active === undefined ? !yes(terminated) : yes(active),
    terminated: yes(terminated),
    hireRescinded: yes(hireRescinded),
    ...(hired !== undefined && { hireDate: hired }),
    ...(last !== undefined && { lastDay: last }),
  };
}
