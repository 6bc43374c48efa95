import { isObject } from '@rollcall/scim';
import type { Refusal, WireCall } from '../../contract.js';
import type { Expressions } from './expressions.js';
import { messageId } from './message-id.js';
import { type OperationInput, parameterOf } from './operation-input.js';
import type { RestRequest, RestSettings } from './settings.js';
import { expandPath, expandText, parseTemplate } from './url-template.js';

/** A request as it goes out, but for credentials and signature. */
export interface Rendered {
  method: RestRequest['method'];
  url: URL;
  headers: Record<string, string>;
  /** What is sent, and what it means. */
  text?: string;
  body?: unknown;
}

const contentTypes = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
};

/** What the body is where none is written down. */
function usualBody(
  { operation }: OperationInput,
  { updateWith }: { updateWith?: string },
): string | undefined {
  if (operation === 'create') return 'attributes';
  if (operation === 'changeMembers') return 'members';
  if (operation === 'update') return updateWith === 'whole' ? '$merge([object, changes])' : 'changes';
  return undefined;
}

/** Makes a request of its description. Nothing is sent. */
export async function renderRequest(
  request: RestRequest,
  input: OperationInput,
  settings: RestSettings,
  expressions: Expressions,
): Promise<{ rendered: Rendered } | { refused: Refusal }> {
  const made = await bodyOf(request, input, settings, expressions);
  if ('refused' in made) return made;
  const { text, body } = made;
  const value = (name: string) => (name === 'messageId' ? messageId(input, text) : parameterOf(input, name));
  const path = expandPath(parseTemplate(request.path), value);
  if ('missing' in path) return wrong(input, `{${path.missing}} in its path has no value.`);
  if ('unsafe' in path) {
    return wrong(input, `The value of {${path.unsafe}} would lead to another address than is meant.`);
  }
  const url = new URL(settings.baseUrl);
  url.pathname = url.pathname.replace(/\/+$/, '') + path.text;
  for (const [name, template] of Object.entries({ ...settings.query, ...request.query })) {
    const expanded = expandText(parseTemplate(template), value);
    if ('text' in expanded) url.searchParams.append(name, expanded.text);
  }
  // URLSearchParams writes a space as "+", which some servers take literally.
  url.search = url.search.replaceAll('+', '%20');

  const headers: Record<string, string> = {};
  for (const [name, template] of Object.entries({ ...settings.headers, ...request.headers })) {
    const expanded = expandText(parseTemplate(template), value);
    if (!('text' in expanded)) continue;
    if (!/^[\x20-\x7e]*$/.test(expanded.text))
      return wrong(input, `The header ${name} would have characters that headers cannot carry.`);
    headers[name.toLowerCase()] = expanded.text;
  }
  if (text === undefined) return { rendered: { method: request.method, url, headers } };
  headers['content-type'] ??= settings.contentType ?? contentTypes[settings.bodyFormat];
  return { rendered: { method: request.method, url, headers, text, body } };
}

/** What is sent, and what it means; nothing where a request has no body. */
async function bodyOf(
  request: RestRequest,
  input: OperationInput,
  settings: RestSettings,
  expressions: Expressions,
): Promise<{ text?: string; body?: unknown } | { refused: Refusal }> {
  const template =
    request.method === 'GET'
      ? undefined
      : (request.body ?? usualBody(input, settings[`${input.type}s`] ?? {}));
  if (template === undefined) return {};
  const result = await expressions.evaluate(template, input);
  if ('error' in result) return wrong(input, `Its body cannot be made: ${result.error}`);
  if (result.value === undefined) return {};
  const text = written(result.value, settings.bodyFormat);
  if (text !== undefined) return { text, body: result.value };
  const due = settings.bodyFormat === 'form' ? 'an object of texts' : 'a text';
  return wrong(input, `Its body is to be ${due}, and the expression gives something else.`);
}

export const wireOf = ({ method, url, body }: Rendered): WireCall => ({
  method,
  url: url.href,
  ...(body !== undefined && { body }),
});

function written(value: unknown, format: RestSettings['bodyFormat']): string | undefined {
  if (format === 'json') return JSON.stringify(value);
  if (format === 'text') return typeof value === 'string' ? value : undefined;
  if (!isObject(value)) return undefined;
  const form = new URLSearchParams();
  for (const [name, each] of Object.entries(value)) {
    for (const one of Array.isArray(each) ? each : [each]) {
      if (typeof one === 'object' && one !== null) return undefined;
      form.append(name, one === null ? '' : String(one));
    }
  }
  return form.toString();
}

function wrong({ operation, type }: OperationInput, what: string): { refused: Refusal } {
  return {
    refused: {
      kind: 'rejected',
      code: 'request',
      message: `The request ${operation} of ${type}s cannot be made. ${what}`,
      remedy: 'Correct the mapping, or the request in the settings of this connection.',
    },
  };
}
