import type { SubjectType, WireCall } from '../../contract.js';
import { sampleInput } from './sample-object.js';
import type { Session } from './session.js';
import { knownTo } from './operation-input.js';
import type { RequestName } from './settings.js';

const names = Object.keys(knownTo).filter((name) => name !== 'test') as RequestName[];

/** Each described request as it would be made for a sample person or group, without credentials. Nothing is sent. */
export async function showRequests(session: Session): Promise<{ shown: string[]; wrong: string[] }> {
  const shown: string[] = [];
  const wrong: string[] = [];
  for (const type of ['user', 'group'] as const) {
    const requests = session.settings[`${type}s`];
    if (!requests) continue;
    for (const name of names) {
      const request = requests[name];
      if (!request) continue;
      const made = await session.plan(request, sampleInput(name, type, requests));
      if ('call' in made) shown.push(lineOf(type, name, made.call));
      else wrong.push('message' in made.refused ? made.refused.message : name);
    }
  }
  return { shown, wrong };
}

const lineOf = (type: SubjectType, name: string, { method, url, body }: WireCall): string => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return `${type}s.${name}: ${method} ${url}${text === undefined ? '' : ` ${text}`}`;
};
