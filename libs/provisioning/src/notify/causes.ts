import type { AlertCause } from './alert-kinds.js';

interface OfConnection {
  connectionId: string;
  name: string;
}

export function quarantineAlert({
  connectionId,
  name,
  kind,
  reason,
}: OfConnection & { kind: 'denied' | 'failing' | null; reason: string }): AlertCause {
  return {
    kind: 'quarantine',
    cause: `quarantine:${connectionId}`,
    connectionId,
    summary: `"${name}" is in quarantine, nothing is sent: ${reason}`,
    remedy:
      kind === 'failing'
        ? 'See whether the app is well. The hub tries by itself from time to time and goes on when it answers; nothing is lost.'
        : 'Correct the credentials or rights of the connection. Nothing is lost: what waits is sent then.',
    details: { connection: name, kind, reason },
  };
}

export function holdAlert({
  holdId,
  connectionId,
  name,
  action,
  subjectType,
  count,
}: OfConnection & { holdId: string; action: string; subjectType: string; count: number }): AlertCause {
  return {
    kind: 'hold',
    cause: `hold:${holdId}`,
    connectionId,
    summary: `${count} times "${action}" of a ${subjectType} at "${name}" is more than the guard lets pass: they are held.`,
    remedy: `Look at them and allow or deny them: GET /api/v1/holds/${holdId}.`,
    details: { connection: name, holdId, action, subjectType, count },
  };
}

export function deadLettersAlert({
  connectionId,
  name,
  count,
  threshold,
}: OfConnection & { count: number; threshold: number }): AlertCause {
  return {
    kind: 'dead-letters',
    cause: `dead-letters:${connectionId}`,
    connectionId,
    summary: `"${name}" has ${count} dead letters: users or groups that were given up.`,
    remedy: `Mend what they have in common and retry them: GET /api/v1/connections/${connectionId}/dead-letters.`,
    details: { connection: name, count, threshold },
  };
}

export function secretAlert({
  id,
  what,
  source,
  sourceId,
  expiresAt,
}: {
  id: string;
  what: 'token' | 'client secret';
  source: string;
  sourceId: string;
  expiresAt: Date;
}): AlertCause {
  return {
    kind: 'secret-expiring',
    cause: `secret:${id}`,
    connectionId: null,
    summary: `A ${what} of the source "${source}" ends on ${expiresAt.toISOString()}.`,
    remedy: `Make a second one and change over: POST /api/v1/sources/${sourceId}/${what === 'token' ? 'tokens' : 'secrets'}. Then remove the old one.`,
    details: { source, sourceId, id, what, expiresAt },
  };
}

export function parkedAlert({ subscriber, count }: { subscriber: string; count: number }): AlertCause {
  return {
    kind: 'parked-stream',
    cause: `parked:${subscriber}`,
    connectionId: null,
    summary: `${count} streams of events could not be handled by "${subscriber}" and are left aside.`,
    remedy: 'GET /api/v1/projections names them with the error; resume them there once it is mended.',
    details: { subscriber, count },
  };
}
