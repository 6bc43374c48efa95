import type { Outcome, Refusal, RemoteObject, WireCall } from '../../contract.js';
import { isActive, isFutureHire } from './employment.js';
import { getWorkersRequest, type WorkerIdType, type WorkersQuery } from './get-workers-request.js';
import { type Profile, type ResponseResults, WorkerReader } from './read-workers.js';
import { prefer } from './resolve-profiles.js';
import type { Session } from './session.js';
import { versionOf } from './settings.js';
import { type WorkContacts, workContactsIn } from './work-contacts.js';
import { attributesWith } from './worker-attributes.js';

type Asked<T> = { value: T; refused?: undefined } | { refused: Refusal; calls: WireCall[] };

interface WorkersPage {
  profiles: Profile[];
  results: ResponseResults;
  /** Of the first worker, where workers were asked for by reference. */
  contacts?: WorkContacts;
}

export interface Worker {
  profile: Profile;
  contacts: WorkContacts;
}

/** Workers by the web service Get_Workers. */
export class SoapWorkers {
  readonly reader: WorkerReader;

  constructor(readonly session: Session) {
    const { settings } = session;
    this.reader = new WorkerReader(attributesWith(versionOf(settings), settings.xpaths));
  }

  async ask(
    query: Partial<WorkersQuery> & Pick<WorkersQuery, 'asOfEffective' | 'asOfEntry'>,
    signal?: AbortSignal,
  ): Promise<Asked<WorkersPage>> {
    const { settings } = this.session;
    const whole: WorkersQuery = { page: 1, count: settings.pageSize, sections: 'whole', ...query };
    const request = getWorkersRequest(whole, settings, this.reader.attributes);
    const sent = await this.session.soap({ kind: 'read', request, signal });
    if (sent.refused) return { refused: sent.refused, calls: [sent.call] };
    const contacts = query.references && workContactsIn(sent.document);
    const read = this.reader.read(sent.document, whole.sections);
    if (read) return { value: { ...read, ...(contacts && { contacts }) } };
    const message = 'The answer is not one to Get_Workers. Check the web services host and the version.';
    return { refused: { kind: 'retry', scope: 'connection', message }, calls: [sent.call] };
  }

  /** The worker with this WID as of now; a future hire as of the hire date. */
  async byWid(wid: string, signal?: AbortSignal): Promise<Asked<Worker>> {
    const now = this.stamp();
    const asked = await this.ask({ references: [{ type: 'WID', id: wid }], ...asOf(now), count: 1 }, signal);
    if (asked.refused) return asked;
    const { profiles, contacts = { emails: [], phones: [] } } = asked.value;
    const profile = profiles.find((each) => each.wid === wid);
    if (!profile) {
      const message = `Workday has no worker with the WID ${wid}, or the hub may not see it.`;
      return { refused: { kind: 'not-found', message }, calls: [] };
    }
    const completed = await this.withFutureHires([profile], now, signal);
    if (completed.refused) return completed;
    return { value: { profile: completed.value[0] ?? profile, contacts } };
  }

  /** The profile that stands for a person: of several with the same worker id the active one. */
  async byWorkerId(workerId: string): Promise<Asked<Profile | undefined>> {
    const found: Profile[] = [];
    const now = this.stamp();
    for (const type of this.idTypes()) {
      const asked = await this.ask({ references: [{ type, id: workerId }], ...asOf(now) });
      if (asked.refused?.kind === 'not-found') continue;
      if (asked.refused) return asked;
      found.push(...asked.value.profiles.filter((each) => each.workerId === workerId));
      if (found.some((each) => each.employment?.active)) break;
    }
    if (found.length === 0) return { value: undefined };
    const { settings } = this.session;
    const best = found.reduce((one, other) => prefer(one, other, settings, Date.parse(now)));
    const completed = await this.withFutureHires([best], now);
    return completed.refused ? completed : { value: completed.value[0] };
  }

  /**
   * What Workday has of future hires before day one is hardly more than a name: they are asked for once more as of
   * their hire date.
   */
  async withFutureHires(profiles: Profile[], now: string, signal?: AbortSignal): Promise<Asked<Profile[]>> {
    const { timeZone } = this.session.settings;
    const byDay = new Map<string, string[]>();
    for (const { wid, employment } of profiles) {
      if (!employment || !isFutureHire(employment, timeZone, Date.parse(now))) continue;
      const day = employment.hireDate!;
      byDay.set(day, [...(byDay.get(day) ?? []), wid]);
    }
    const completed = new Map<string, Profile>();
    for (const [day, wids] of byDay) {
      const asked = await this.ask(
        {
          references: wids.map((id) => ({ type: 'WID', id })),
          asOfEffective: day,
          asOfEntry: now,
          count: wids.length,
        },
        signal,
      );
      // Taken back since: what there is of it today will do.
      if (asked.refused?.kind === 'not-found') continue;
      if (asked.refused) return asked;
      for (const profile of asked.value.profiles) completed.set(profile.wid, profile);
    }
    return {
      value: profiles.map((profile) => {
        const then = completed.get(profile.wid);
        // Whether somebody is active is decided by what is so today.
        return then ? { ...then, employment: profile.employment } : profile;
      }),
    };
  }

  /** Moments are frozen for all pages of one run. */
  stamp(): string {
    return new Date(this.session.now()).toISOString();
  }

  objectOf({ wid, attributes, employment }: Profile, now: string): RemoteObject {
    if (!employment) return { id: wid, attributes };
    const active = isActive(employment, this.session.settings, Date.parse(now));
    return { id: wid, attributes: { ...attributes, active }, active };
  }

  private idTypes(): WorkerIdType[] {
    const { workerTypes } = this.session.settings;
    if (workerTypes === 'employees') return ['Employee_ID'];
    if (workerTypes === 'contingent-workers') return ['Contingent_Worker_ID'];
    return ['Employee_ID', 'Contingent_Worker_ID'];
  }
}

export const asOf = (moment: string) => ({ asOfEffective: moment, asOfEntry: moment });

export const failed = <T>({ refused, calls }: { refused: Refusal; calls: WireCall[] }): Outcome<T> => ({
  ...refused,
  ...(calls.length > 0 && { calls }),
});
