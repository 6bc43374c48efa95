import {
  type Capabilities,
  type Connector,
  type ConnectorModule,
  exchange,
  openAgent,
  type OperationContext,
  type Outcome,
  type RemoteObject,
  type TestReport,
  type WireCall,
} from '@rollcall/connectors';
import type { Entry } from './phone-book-server.js';

const capabilities: Capabilities = {
  create: true,
  update: true,
  delete: true,
  groups: false,
  find: true,
  list: true,
  changes: false,
  members: { addRemove: false, maxPerCall: 1, readable: false, nested: false },
  pageSize: 100,
};

const textAttribute = {
  type: 'string' as const,
  multiValued: false,
  caseExact: true,
  mutability: 'readWrite' as const,
};
const attributes = [
  { name: 'name', ...textAttribute, required: true, unique: true },
  { name: 'number', ...textAttribute, required: false, unique: false },
  { name: 'note', ...textAttribute, required: false, unique: false },
];

type Settings = { baseUrl: string; timeoutMs?: number };
type Failure = Exclude<Outcome<never>, { kind: 'ok' | 'no-op' | 'planned' }>;
type Sent = { body: unknown; calls: WireCall[] } | Failure;

/** The worked example of docs/connectors/writing-one.md. */
export const phoneBook: ConnectorModule = {
  manifest: {
    type: 'phone-book',
    name: 'Phone book',
    description: 'An example.',
    settingsSchema: {
      type: 'object',
      required: ['baseUrl'],
      properties: { baseUrl: { title: 'Base URL', type: 'string', format: 'uri' } },
    },
    credentialsSchema: {
      type: 'object',
      required: ['type', 'key'],
      discriminator: { propertyName: 'type' },
      oneOf: [
        {
          title: 'Key',
          required: ['type', 'key'],
          properties: { type: { const: 'key' }, key: { title: 'Key', type: 'string', writeOnly: true } },
        },
      ],
    },
    capabilities,
    presets: [],
    defaultMappings: {
      users: {
        matching: [{ source: 'userName', target: 'name' }],
        attributes: [
          { source: 'userName', target: 'name', apply: 'always' },
          { source: 'phoneNumbers[type eq "work"].value', target: 'number', apply: 'always' },
        ],
      },
    },
  },
  open(settings, credentials, { allowAddress, userAgent }) {
    const { baseUrl, timeoutMs = 30_000 } = settings as Settings;
    const { key } = credentials as { key: string };
    const agent = openAgent({ allowAddress, connections: 8, connectTimeoutMs: timeoutMs });

    const callOf = (method: string, path: string, body?: unknown): WireCall => ({
      method,
      url: baseUrl + path,
      ...(body !== undefined && { body }),
    });

    /** One attempt; whatever comes of it is a value. */
    async function send(call: WireCall, signal?: AbortSignal): Promise<Sent> {
      const answer = await exchange(agent, {
        method: call.method as 'GET' | 'POST' | 'PATCH' | 'DELETE',
        url: new URL(call.url),
        headers: { 'x-key': key, 'user-agent': userAgent, 'content-type': 'application/json' },
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        timeoutMs,
        maxAnswerBytes: 1 << 20,
        signal,
      });
      const calls = [call];
      if (answer.kind === 'failure') {
        const maybeDone = answer.sent && call.method !== 'GET';
        const scope = answer.sent && answer.cause === 'timeout' ? 'object' : 'connection';
        return { kind: 'retry', scope, ...(maybeDone && { maybeDone }), message: answer.message, calls };
      }
      const told = { message: `The phone book answered ${answer.status}.`, calls };
      if (answer.status === 401)
        return { kind: 'denied', remedy: 'Check the key of this connection.', ...told };
      if (answer.status === 404) return { kind: 'not-found', ...told };
      if (answer.status === 409) return { kind: 'conflict', ...told };
      if (answer.status === 429) return { kind: 'retry', scope: 'connection', ...told };
      if (answer.status >= 500) return { kind: 'retry', scope: 'object', maybeDone: true, ...told };
      if (answer.status >= 400) return { kind: 'rejected', code: `http-${answer.status}`, ...told };
      return { body: JSON.parse(answer.text), calls };
    }

    const objectOf = ({ id, ...rest }: Entry): RemoteObject => ({ id: String(id), attributes: { ...rest } });

    async function ask<T>(
      call: WireCall,
      read: (body: unknown) => T,
      context?: OperationContext,
    ): Promise<Outcome<T>> {
      if (context?.mode === 'plan') return { kind: 'planned', calls: [call] };
      const sent = await send(call, context?.signal);
      return 'kind' in sent ? sent : { kind: 'ok', value: read(sent.body), calls: sent.calls };
    }

    const connector: Connector = {
      find: (_, { attribute, value }) =>
        ask(callOf('GET', `/entries?${new URLSearchParams({ [attribute]: value }).toString()}`), (body) =>
          (body as Entry[]).map(objectOf),
        ),
      get: (_, id) => ask(callOf('GET', `/entries/${id}`), (body) => objectOf(body as Entry)),
      create: (_, given, context) =>
        ask(callOf('POST', '/entries', given), (body) => objectOf(body as Entry), context),
      async update(_, id, changes, context) {
        if (changes.length === 0) return { kind: 'no-op', why: 'unchanged' };
        const body = Object.fromEntries(
          changes.map((change) => [change.attribute, change.op === 'set' ? change.value : null]),
        );
        return ask(callOf('PATCH', `/entries/${id}`, body), () => ({ id }), context);
      },
      async delete(_, id, context) {
        const outcome = await ask(callOf('DELETE', `/entries/${id}`), () => undefined, context);
        return outcome.kind === 'not-found'
          ? { kind: 'no-op', why: 'already-absent', calls: outcome.calls }
          : outcome;
      },
      async list(_, { cursor = '0', limit = 100 }) {
        if (!/^\d+$/.test(cursor))
          return { kind: 'rejected', code: 'bad-cursor', message: 'Start again without a cursor.' };
        return ask(callOf('GET', `/entries?after=${cursor}&limit=${limit}`), (body) => {
          const entries = body as Entry[];
          const last = entries.at(-1);
          return { objects: entries.map(objectOf), ...(last && { nextCursor: String(last.id) }) };
        });
      },
      members: async () => ({ kind: 'rejected', code: 'no-groups', message: 'A phone book has no groups.' }),
      discover: async () => ({
        kind: 'ok',
        value: { objectTypes: [{ type: 'user', attributes }], capabilities, assumptions: [] },
      }),
      async test(): Promise<TestReport> {
        const from = performance.now();
        const sent = await send(callOf('GET', '/entries?limit=1'));
        const durationMs = Math.round(performance.now() - from);
        const reached = !('kind' in sent) || sent.kind === 'denied';
        const message = 'kind' in sent && 'message' in sent ? sent.message : 'It answers.';
        const passedOr = (passed: boolean, remedy: string) =>
          passed
            ? { status: 'passed' as const, message, durationMs }
            : { status: 'failed' as const, message, remedy, durationMs };
        const reach = { step: 'reach' as const, ...passedOr(reached, 'Check the base URL.') };
        const skipped = { status: 'skipped' as const, message: 'Not reached.', durationMs: 0 };
        const rest = (['authenticate', 'read-users', 'find-user'] as const).map((step) =>
          reached
            ? { step, ...passedOr(!('kind' in sent), 'Check the key of this connection.') }
            : { step, ...skipped },
        );
        const steps = [reach, ...rest];
        return { ok: steps.every(({ status }) => status === 'passed'), steps };
      },
      close: () => agent.close(),
    };
    return connector;
  },
};
