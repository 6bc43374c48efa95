import type { RateHints, Refusal } from '../../contract.js';
import { type Retry, retryLater } from '../../http/retry-later.js';
import type { SoapFault } from './soap-fault.js';

interface Refused {
  status: number;
  hints?: RateHints;
  /** Where the answer is one. */
  fault?: SoapFault;
  location?: string;
}

export const addressRemedy = 'Allow the network in HUB_TARGET_NETWORKS, or correct the web services host.';
export const rightsRemedy =
  'Give the security group of the integration system user the domains named on the page of this connector, then run Activate Pending Security Policy Changes in Workday.';
const signInRemedy =
  'Check user name, password and tenant, that the account is not locked, and that the authentication policy of Workday lets it sign in from the hub.';

/** Reads an answer that is not 200 as an outcome. A fault says more than its status, which is 500 for all of them. */
export function refusalOf(refused: Refused, kind: 'read' | 'write', now: number): Refusal {
  const { status, hints, fault } = refused;
  const told = {
    answer: `HTTP ${status}${fault ? ` (${fault.code}): ${clip(fault.message)}` : ''}`,
    ...(hints && { hints }),
  };
  const retry = retryLater(told, kind, now);
  if (status >= 300 && status < 400)
    return retry(
      'connection',
      `Workday redirects${refused.location ? ` to ${refused.location}` : ''}. Redirects are not followed: set the web services host to the one that answers itself.`,
    );
  if (status === 429) return retry('connection', 'Workday asks to slow down.');
  if (status === 503)
    return retry('connection', 'Workday is not available: it may be in its weekly maintenance.', true);
  if (fault) return { ...faultOutcome(fault, retry), ...told } as Refusal;
  if (status === 401)
    return { kind: 'denied', message: 'Workday refuses the credentials.', remedy: signInRemedy, ...told };
  if (status === 403)
    return { kind: 'denied', message: 'Workday does not allow this.', remedy: rightsRemedy, ...told };
  if (status === 404)
    return retry(
      'connection',
      'There is no Workday service at this address. Check host, tenant and version.',
    );
  if (status === 408 || status >= 500) return retry('object', `Workday failed (HTTP ${status}).`, true);
  return {
    kind: 'rejected',
    code: `http-${status}`,
    message: `Workday refuses the request (HTTP ${status}).`,
    ...told,
  };
}

function faultOutcome({ code, message, xpath }: SoapFault, retry: Retry): Refusal {
  const said = clip(message);
  if (/authenticationError/i.test(code) || /invalid username or password/i.test(message))
    return { kind: 'denied', message: `Workday refuses to sign in: ${said}`, remedy: signInRemedy };
  if (/not authorized|insufficient (?:privileges|security)|permission/i.test(message))
    return { kind: 'denied', message: `Workday does not allow this: ${said}`, remedy: rightsRemedy };
  if (/not a valid ID value for type = '(?:WID|Employee_ID|Contingent_Worker_ID)'/i.test(message))
    return { kind: 'not-found', message: said };
  if (/in progress|pending (?:event|action|transaction|business process)|another event/i.test(message))
    return retry('object', `Workday is busy with another event of this worker: ${said}`);
  if (/user ?name.*(?:already|in use|exists|unique)|already.*user ?name/i.test(message))
    return { kind: 'conflict', message: said };
  if (/validationError/i.test(code)) {
    const attribute = attributeAt(`${xpath ?? ''} ${message}`);
    return {
      kind: 'rejected',
      code: 'validation',
      ...(attribute && { attribute }),
      message: said,
      remedy: attribute
        ? `Correct the value of ${attribute} at its source, or change its mapping.`
        : 'Compare the mapping with what Workday accepts, and with its rules for this business process.',
    };
  }
  if (/version|not a valid (?:service|operation)|invalid request/i.test(message))
    return {
      kind: 'rejected',
      code: 'processing',
      message: said,
      remedy: 'Set a version of Workday Web Services that the tenant has.',
    };
  return retry('object', `Workday failed: ${said}`, true);
}

/** Which attribute a place in a request, or a message about it, speaks of. */
function attributeAt(text: string): string | undefined {
  if (/User_?Name/i.test(text)) return 'userName';
  if (/Email/i.test(text)) return 'workEmail';
  if (/Mobile/i.test(text)) return 'workMobile';
  if (/Phone|Landline/i.test(text)) return 'workPhone';
  return undefined;
}

const clip = (text: string): string => (text.length > 500 ? `${text.slice(0, 500)}…` : text);
