import type { AttributeChange, OperationContext, Outcome, WireCall } from '../../contract.js';
import { accountRequest, contactRequest } from './contact-request.js';
import { getWorkersRequest } from './get-workers-request.js';
import { parsePhone } from './phone-number.js';
import {
  type ContactAttribute,
  type ContactPlan,
  planContacts,
  type WantedContacts,
} from './plan-contacts.js';
import type { Profile } from './read-workers.js';
import type { SoapCall } from './session.js';
import { asOf, failed, type SoapWorkers } from './soap-workers.js';
import { dayAt } from './tenant-time.js';

type Updated = Outcome<{ id: string; etag?: string }>;
type Rejected = Extract<Outcome<never>, { kind: 'rejected' }>;

const contactAttributes: readonly string[] = ['workEmail', 'workPhone', 'workMobile'];

/** What is wrong with changes, before anything is sent. */
export function checkChanges(changes: AttributeChange[], phoneCountry: string): Rejected | undefined {
  for (const change of changes) {
    const { attribute } = change;
    const rejected = (code: string, message: string, remedy: string): Rejected => ({
      kind: 'rejected',
      code,
      attribute,
      message,
      remedy,
    });
    if (attribute !== 'userName' && !contactAttributes.includes(attribute))
      return rejected(
        'read-only',
        `${attribute} is kept by Workday and not written by the hub.`,
        'Take the line out of the mapping. Written are workEmail, workPhone, workMobile and userName.',
      );
    if (change.op === 'unset') {
      if (attribute === 'userName')
        return rejected(
          'required',
          'A worker’s user name cannot be taken away.',
          'Map userName with whenEmpty: leave.',
        );
      continue;
    }
    const { value } = change;
    if (typeof value !== 'string' || value.trim() === '')
      return rejected('type', `${attribute} takes one text.`, 'Change the mapping.');
    if (attribute === 'workEmail' && !/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(value))
      return rejected('format', 'workEmail is not an e-mail address.', 'Correct it at its source.');
    if (attribute.startsWith('work') && attribute !== 'workEmail' && !parsePhone(value, phoneCountry))
      return rejected(
        'format',
        `${attribute} is not a phone number.`,
        'Correct it at its source: +44 20 7946 0958, with the calling code.',
      );
  }
  return undefined;
}

/** Reads a worker, compares, and writes what differs: contacts in one business event, the user name in another call. */
export async function writeBack(
  workers: SoapWorkers,
  wid: string,
  changes: AttributeChange[],
  { signal, mode }: OperationContext,
): Promise<Updated> {
  const { session } = workers;
  const { settings } = session;
  const { contacts: wanted, userName } = wantedBy(changes);
  const effective = dayAt(session.now(), settings.timeZone);
  if (mode === 'plan') return { kind: 'planned', calls: plannedCalls(workers, wid, wanted, userName) };

  const asked = await workers.byWid(wid, signal);
  if (asked.refused) return failed(asked);
  const { profile, contacts: there } = asked.value;
  const taken = await supersededBy(workers, profile);
  if (taken) return taken;
  const plan = planContacts(there, wanted, settings.phoneCountry);
  const [stuck] = plan.undeletable;
  if (stuck !== undefined) return noReference(stuck);

  const requests: SoapCall[] = [];
  if (plan.emails.length + plan.phones.length > 0)
    requests.push({ kind: 'write', request: contactRequest(profile, plan, effective, settings), signal });
  if (userName !== undefined && userName !== there.userName)
    requests.push({ kind: 'write', request: accountRequest(profile, userName, settings), signal });
  if (requests.length === 0) return { kind: 'no-op', why: 'unchanged' };

  const calls: WireCall[] = [];
  for (const request of requests) {
    const sent = await session.soap(request);
    calls.push(sent.call);
    if (!sent.refused) continue;
    // The call before it has been carried out.
    const partly = calls.length > 1 && sent.refused.kind === 'retry' && { maybeDone: true };
    return { ...sent.refused, ...partly, calls };
  }
  return { kind: 'ok', value: { id: wid }, answer: 'HTTP 200', calls };
}

/** The same values once more, though nothing has changed: for tests of the right to write. */
export async function rewriteEmail(workers: SoapWorkers, wid: string): Promise<Updated> {
  const { session } = workers;
  const asked = await workers.byWid(wid);
  if (asked.refused) return failed(asked);
  const { profile, contacts } = asked.value;
  const entry = contacts.emails.find((each) => each.primary);
  if (!entry)
    return {
      kind: 'rejected',
      code: 'no-email',
      message: 'The worker has no primary work e-mail to write once more.',
    };
  const plan: Pick<ContactPlan, 'emails' | 'phones'> = { emails: [{ change: 'set', entry }], phones: [] };
  const effective = dayAt(session.now(), session.settings.timeZone);
  const request = contactRequest(profile, plan, effective, session.settings);
  const sent = await session.soap({ kind: 'write', request });
  return sent.refused
    ? { ...sent.refused, calls: [sent.call] }
    : { kind: 'ok', value: { id: wid }, calls: [sent.call] };
}

/** A profile that has ended while the person goes on under another: the engine looks for the person again. */
export async function supersededBy(
  workers: SoapWorkers,
  { wid, workerId, employment }: Profile,
): Promise<Outcome<never> | undefined> {
  if (workerId === undefined || !employment || employment.active) return undefined;
  const stands = await workers.byWorkerId(workerId);
  if (stands.refused) return failed(stands);
  if (!stands.value || stands.value.wid === wid) return undefined;
  return {
    kind: 'not-found',
    message: `This profile of worker ${workerId} has ended; the person goes on under another WID.`,
  };
}

function wantedBy(changes: AttributeChange[]): { contacts: WantedContacts; userName?: string } {
  const contacts: WantedContacts = {};
  let userName: string | undefined;
  for (const change of changes) {
    const value = change.op === 'unset' ? null : String(change.value).trim();
    if (change.attribute === 'userName') userName = value ?? undefined;
    else contacts[change.attribute as ContactAttribute] = value;
  }
  return { contacts, ...(userName !== undefined && { userName }) };
}

/** As if the worker had no contacts yet: what there is only the reading shows. */
function plannedCalls(
  workers: SoapWorkers,
  wid: string,
  wanted: WantedContacts,
  userName: string | undefined,
): WireCall[] {
  const { session, reader } = workers;
  const { settings } = session;
  const references = [{ type: 'WID' as const, id: wid }];
  const query = { references, ...asOf(workers.stamp()), page: 1, count: 1, sections: 'whole' as const };
  const read = getWorkersRequest(query, settings, reader.attributes);
  const person: Pick<Profile, 'wid' | 'kind'> = { wid, kind: 'Employee' };
  const plan = planContacts({ emails: [], phones: [] }, wanted, settings.phoneCountry);
  const day = dayAt(session.now(), settings.timeZone);
  return [
    { kind: 'read' as const, request: read },
    ...(Object.keys(wanted).length > 0
      ? [{ kind: 'write' as const, request: contactRequest(person, plan, day, settings) }]
      : []),
    ...(userName === undefined
      ? []
      : [{ kind: 'write' as const, request: accountRequest(person, userName, settings) }]),
  ].map((call) => session.wire(call));
}

const noReference = (attribute: ContactAttribute): Rejected => ({
  kind: 'rejected',
  code: 'no-reference',
  attribute,
  message: `${attribute} cannot be taken away: Workday does not tell the id of the entry.`,
  remedy: 'Set a later version of Workday Web Services, or map it with whenEmpty: leave.',
});
