import { tellBulk, tellChange } from './meaning-of-change.js';
import { tellSearch } from './meaning-of-search.js';
import { labelOf } from './names.js';
import type { AnsweredRequest, Told } from './answered-request.js';
import type { TracedSubject } from './traced-subject.js';

const discovery: Record<string, string> = {
  ServiceProviderConfig: 'read what this server can do (ServiceProviderConfig)',
  Schemas: 'read the schemas',
  ResourceTypes: 'read the resource types',
};

const collections: Record<string, 'User' | 'Group'> = { Users: 'User', Groups: 'Group' };

/** Says what a request meant, also one that was refused: then what it would have done. */
export function tell(request: AnsweredRequest): Told {
  const { method, path, query, body, status, trace } = request;
  const [collection = '', id, ...rest] = path.split('/').filter((part) => part !== '');
  const type = collections[collection];
  const searching = method === 'POST' && (id ?? collection) === '.search';
  if (rest.length > 0) return strange(request);
  if (searching && (type || id === undefined)) return tellSearch(type, body, trace);
  if (type) {
    if (method === 'GET') {
      return id === undefined
        ? tellSearch(type, query, trace)
        : tellRead({ type, id, ...trace.subject }, query, status);
    }
    const isChange = id === undefined ? method === 'POST' : ['PUT', 'PATCH', 'DELETE'].includes(method);
    return isChange ? tellChange(type, id, request) : strange(request);
  }
  if (collection === 'Bulk' && method === 'POST') return tellBulk(request);
  if (collection === 'Me') return plain('ask for /Me, which stands for a person and not for a source');
  const said = discovery[collection];
  if (said && method === 'GET') return plain(id === undefined ? said : `${said}: ${id}`);
  return strange(request);
}

function tellRead(subject: TracedSubject, query: AnsweredRequest['query'], status: number): Told {
  const excluded = String(query['excludedAttributes'] ?? '').toLowerCase();
  const without = subject.type === 'Group' && excluded.includes('members') ? ' without its members' : '';
  const unchanged = status === 304 ? ' (not changed since it was last read)' : '';
  return { meaning: `read ${labelOf(subject)}${without}${unchanged}`, subject, others: [] };
}

function strange({ method, path }: AnsweredRequest): Told {
  return plain(`call ${method} ${path}, which does not exist`);
}

function plain(meaning: string): Told {
  return { meaning, others: [] };
}
