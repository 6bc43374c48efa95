import { type CompiledExpression, ExpressionError } from '@rollcall/scim';
import { completeSettings } from './complete-settings.js';
import { compile } from './expressions.js';
import { hasParameter, knownTo, parametersFor } from './operation-input.js';
import type {
  ObjectRequests,
  Paging,
  RequestName,
  RestCredentials,
  RestRequest,
  RestSettings,
} from './settings.js';
import { keyOf, signedParameters } from './sign-request.js';
import { parametersOf, parseTemplate } from './url-template.js';

type Problem = { field: string; message: string };

const requestNames = Object.keys(knownTo).filter((name) => name !== 'test') as RequestName[];
const ofEveryRequest = ['operation', 'type', 'operationId', 'messageId'];
const ofAnswers = ['status', 'headers', 'body', 'text'];
const ownHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'keep-alive',
]);

/** What is wrong with settings that meet their schema: templates, expressions, requests that do not go together. */
export function checkSettings(given: Partial<RestSettings>): Problem[] {
  const settings = completeSettings({ baseUrl: 'https://app.example.com', ...given });
  const found = new Problems();
  found.texts('settings.headers', settings.headers);
  found.headers('settings.headers', settings.headers);
  found.texts('settings.query', settings.query);
  found.objects('settings.users', settings.users);
  if (settings.groups) found.objects('settings.groups', settings.groups);
  if (settings.test) found.request('settings.test', 'test', settings.test);
  for (const [name, text] of Object.entries(settings.answers))
    found.expression(`settings.answers.${name}`, text as string, [...everyName, ...ofAnswers]);
  if (requestNames.every((name) => settings.users[name] === undefined)) {
    found.add('settings.users', 'has no request: describe at least how a user is made (create).');
  }
  found.signature(settings);
  return found.list;
}

/** What is wrong with credentials that meet their schema. */
export function checkSigning({ signingSecret, previousSigningSecret }: RestCredentials): Problem[] {
  const problems: Problem[] = [];
  if (previousSigningSecret !== undefined && signingSecret === undefined) {
    const message =
      'is given without signingSecret: give the new secret, or the one there is as signingSecret.';
    problems.push({ field: 'credentials.previousSigningSecret', message });
  }
  const short = (name: 'signingSecret' | 'previousSigningSecret', secret?: string) => {
    if (secret === undefined || keyOf(secret).length >= 16) return;
    problems.push({
      field: `credentials.${name}`,
      message: 'is too short: give at least 16 bytes, better 32.',
    });
  };
  short('signingSecret', signingSecret);
  short('previousSigningSecret', previousSigningSecret);
  return problems;
}

const everyName = [...new Set(Object.values(knownTo).flat()), 'operation', 'type'];

class Problems {
  readonly list: Problem[] = [];

  add(field: string, message: string): void {
    this.list.push({ field, message });
  }

  objects(field: string, requests: ObjectRequests): void {
    for (const name of requestNames) {
      const request = requests[name];
      if (request) this.request(`${field}.${name}`, name, request);
    }
    const { create, get, read, paging, addMember, removeMember, updateWith } = requests;
    if (create?.id !== undefined)
      this.expression(`${field}.create.id`, create.id, [...everyName, ...ofAnswers]);
    for (const [name, text] of Object.entries(read ?? {}))
      this.expression(`${field}.read.${name}`, text as string, undefined);
    if (updateWith === 'whole' && !get)
      this.add(`${field}.get`, 'is missing: an object that is updated as a whole is read before.');
    if (requests.readEach && !get)
      this.add(`${field}.get`, 'is missing: with readEach every object is read by itself.');
    if ((addMember === undefined) !== (removeMember === undefined)) {
      const missing = addMember ? 'removeMember' : 'addMember';
      this.add(`${field}.${missing}`, 'is missing: members are both added and removed.');
    }
    if (paging) this.paging(field, paging, requests);
  }

  request(field: string, name: RequestName | 'test', request: RestRequest): void {
    this.path(`${field}.path`, name, request.path);
    this.texts(`${field}.query`, request.query ?? {}, name);
    this.texts(`${field}.headers`, request.headers ?? {}, name);
    this.headers(`${field}.headers`, request.headers ?? {});
    if (request.body !== undefined) {
      if (request.method === 'GET')
        this.add(`${field}.body`, 'belongs to no GET: take it away, or use POST.');
      this.expression(`${field}.body`, request.body, rootsOf(name));
    }
    if (request.result !== undefined)
      this.expression(`${field}.result`, request.result, [...rootsOf(name), ...ofAnswers]);
    const given = JSON.stringify(request);
    if (name !== 'test' && knownTo[name].includes('id') && !/\bid\b/.test(given))
      this.add(`${field}.path`, 'does not say which object is meant: put {id} into it, such as /users/{id}.');
    if (name === 'find' && !/\bvalue\b/.test(given))
      this.add(`${field}.query`, 'does not say what is searched for: put {value} into it.');
  }

  headers(field: string, headers: Record<string, string>): void {
    for (const name of Object.keys(headers)) {
      if (ownHeaders.has(name.toLowerCase()))
        this.add(`${field}.${name}`, 'is a header the hub sets itself: take it away.');
      if (/^(?:authorization|proxy-authorization|cookie)$/i.test(name))
        this.add(
          `${field}.${name}`,
          'is a secret: put it into the credentials (type header), where it is sealed.',
        );
    }
  }

  /** Values of queries and headers; without a name those of every request. */
  texts(field: string, texts: Record<string, string>, name?: RequestName | 'test'): void {
    for (const [key, text] of Object.entries(texts)) this.template(`${field}.${key}`, name, text);
  }

  expression(field: string, text: string, roots: string[] | undefined): void {
    let compiled: CompiledExpression;
    try {
      compiled = compile(text);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.add(field, `cannot be used. ${error.message}`);
      return;
    }
    const { unique, reads } = compiled.inspected;
    if (unique) this.add(field, 'has $SelectUniqueValue, which is for mappings.');
    for (const [root] of reads) {
      if (!roots || root === undefined || roots.includes(root)) continue;
      this.add(field, `reads ${root}, which there is not here. There are: ${roots.join(', ')}.`);
    }
  }

  signature({ signature }: RestSettings): void {
    if (signature.style === 'standard-webhooks') return;
    const places = [
      ['content', signature.content, signedParameters],
      ['value', signature.value, [...signedParameters, 'signature']],
    ] as const;
    for (const [name, text, known] of places) {
      const used = text === undefined ? [] : this.parsed(`settings.signature.${name}`, text);
      for (const each of used)
        if (!known.includes(each)) this.unknown(`settings.signature.${name}`, each, [...known]);
    }
    if (signature.value !== undefined && !signature.value.includes('{signature}'))
      this.add('settings.signature.value', 'has no {signature}.');
  }

  private paging(field: string, { by, total, next }: Paging, { list, find }: ObjectRequests): void {
    const parameter = by === 'none' || by === 'link' ? undefined : by;
    for (const [name, request] of Object.entries({ list, find })) {
      if (parameter && request && !JSON.stringify(request).includes(`{${parameter}}`)) {
        this.add(
          `${field}.${name}.query`,
          `does not say which page is meant: put {${parameter}} into it, since paging is by ${by}.`,
        );
      }
    }
    if (by === 'cursor' && next === undefined)
      this.add(`${field}.paging.next`, 'is missing: say where the answer has the next cursor.');
    for (const [name, text] of Object.entries({ total, next }))
      if (text !== undefined) this.expression(`${field}.paging.${name}`, text, [...everyName, ...ofAnswers]);
  }

  private path(field: string, name: RequestName | 'test', path: string): void {
    if (path !== '' && !path.startsWith('/')) {
      this.add(
        field,
        'must begin with a slash: it is the part below the base URL, and leads to no other host.',
      );
      return;
    }
    const literal = path.replaceAll(/\{[^{}]*\}/g, 'x');
    if (literal.includes('?') || literal.includes('#'))
      this.add(field, 'has a query or a fragment: put parameters into query.');
    else if (!/^[A-Za-z0-9\-._~!$&'()*+,;=:@%/{}]*$/.test(literal))
      this.add(field, 'has characters that no address has: percent-encode them.');
    if (literal.includes('//') || /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(literal))
      this.add(field, 'has a step that is empty, "." or "..": write the path as the app has it.');
    this.template(field, name, path);
  }

  private template(field: string, name: RequestName | 'test' | undefined, text: string): void {
    for (const parameter of this.parsed(field, text)) {
      if (name === undefined) {
        if (!ofEveryRequest.includes(parameter)) this.unknown(field, parameter, ofEveryRequest);
      } else if (!hasParameter(name, parameter)) {
        this.unknown(field, parameter, parametersFor(name));
      }
    }
  }

  private parsed(field: string, text: string): string[] {
    try {
      return parametersOf(parseTemplate(text));
    } catch (error) {
      this.add(field, (error as TypeError).message);
      return [];
    }
  }

  private unknown(field: string, parameter: string, known: string[]): void {
    const list = known.map((each) => `{${each}}`).join(', ');
    this.add(field, `has {${parameter}}, which there is not here. There are: ${list}.`);
  }
}

const rootsOf = (name: RequestName | 'test'): string[] => [...knownTo[name], 'operation', 'type'];
