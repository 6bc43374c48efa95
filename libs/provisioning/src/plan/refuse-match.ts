import type { SubjectType } from '@rollcall/connectors';
import type { Match } from '../matching/match.js';
import type { Plan } from './plan.js';

/** Names what stands in the way, so that an administrator can clear it at the target or in the matching rules. */
export function refuseMatch(type: SubjectType, match: Extract<Match, { kind: 'many' | 'taken' }>): Plan {
  const { attribute } = match.key;
  const thing = type === 'user' ? 'account' : 'group';
  if (match.kind === 'taken') {
    return {
      action: 'refuse',
      code: 'already-linked',
      attribute,
      message: `The ${thing} ${match.remoteId} matches by ${attribute}, and it belongs to ${type} ${match.subjectId} already.`,
      intended: 'create',
      remedy: `Give one of the two ${type}s another value, or match by an attribute that tells them apart.`,
    };
  }
  return {
    action: 'refuse',
    code: 'ambiguous-match',
    attribute,
    message: `${match.ids.length} ${thing}s at the target match by ${attribute}: ${match.ids.join(', ')}.`,
    intended: 'create',
    remedy: `Remove the surplus ${thing}s at the target, or match by an attribute that is unique there.`,
  };
}
