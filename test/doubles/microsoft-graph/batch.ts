import type { GraphAnswer, GraphRequest } from './graph-request.js';
import { badRequest, type Json } from './graph-error.js';

/**
 * JSON batching: each part has an answer of its own, in no order, and one that depends on another that failed is not
 * tried. @see https://learn.microsoft.com/graph/json-batching
 */
export function answerBatch(request: GraphRequest, answer: (part: GraphRequest) => GraphAnswer): GraphAnswer {
  const parts = (request.body?.requests ?? []) as Json[];
  if (parts.length === 0 || parts.length > 20)
    throw badRequest(`Number of batch request steps must be between 1 and 20: there are ${parts.length}.`);
  if (new Set(parts.map(({ id }) => id)).size < parts.length)
    throw badRequest('Duplicate id in batch request.');
  const statuses = new Map<string, number>();
  const responses = parts.map((part) => {
    const response = answerPart(part, request, statuses, answer);
    statuses.set(part.id, response.status);
    return {
      id: part.id,
      status: response.status,
      headers: response.headers ?? {},
      ...(response.body && { body: response.body }),
    };
  });
  return { status: 200, body: { responses: responses.reverse() } };
}

function answerPart(
  part: Json,
  whole: GraphRequest,
  statuses: Map<string, number>,
  answer: (part: GraphRequest) => GraphAnswer,
): GraphAnswer {
  const headers: Json = Object.fromEntries(
    Object.entries(part.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if ((part.dependsOn ?? []).some((id: string) => (statuses.get(id) ?? 424) >= 400))
    return failure(424, 'FailedDependency', 'A request this one depends on has failed.');
  if (part.body !== undefined && !String(headers['content-type'] ?? '').startsWith('application/json'))
    return failure(
      400,
      'BadRequest',
      'Write request id : ' + part.id + ' does not contain Content-Type header or body.',
    );
  return answer({
    ...whole,
    method: part.method,
    url: new URL(part.url, whole.url.origin),
    headers,
    body: part.body,
  });
}

const failure = (status: number, code: string, message: string): GraphAnswer => ({
  status,
  body: { error: { code, message } },
});
