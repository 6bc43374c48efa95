import { isObject } from '@rollcall/scim';
import type {
  AttributeChange,
  Attributes,
  Connector,
  ConnectorModule,
  Discovery,
  MemberChange,
  MembersResult,
  OperationContext,
  Outcome,
  Page,
  RemoteObject,
  SubjectType,
  TestReport,
  WireCall,
} from '../../contract.js';
import { checkAttribute, unwritable } from './attribute-path.js';
import { assembleResource } from './assemble-resource.js';
import { buildPatch, buildPatchFor, patchBody, type PatchOperation } from './build-patch.js';
import { changeMembers, planMembers } from './change-members.js';
import { discoverTarget } from './discover-target.js';
import { findObjects } from './find-objects.js';
import { listPage } from './list-page.js';
import { capabilitiesWith, manifest } from './manifest.js';
import { readResource } from './read-resource.js';
import type { Reply } from './refusal.js';
import { collectionOf, Session, type Call } from './session.js';
import { completeSettings, type Scim2Credentials, type Scim2Settings } from './settings.js';
import { testTarget } from './test-target.js';

export const scim2: ConnectorModule = {
  manifest,
  capabilities: (settings) => capabilitiesWith(completeSettings(settings as Partial<Scim2Settings>)),
  checkAttribute,
  open: (settings, credentials, runtime) =>
    new Scim2Connector(
      new Session(
        completeSettings(settings as Partial<Scim2Settings>),
        credentials as Scim2Credentials,
        runtime,
      ),
    ),
};

/** SCIM 2.0 (RFC 7643, 7644) as a client. */
class Scim2Connector implements Connector {
  constructor(private readonly session: Session) {}

  test(): Promise<TestReport> {
    return testTarget(this.session);
  }

  discover(): Promise<Outcome<Discovery>> {
    return discoverTarget(this.session);
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    return listPage(this.session, type, query);
  }

  async get(type: SubjectType, id: string): Promise<Outcome<RemoteObject>> {
    const sent = await this.session.send({ ...this.read(type, id), wantsBody: true });
    if (sent.refused) return { ...sent.refused, calls: [sent.call] };
    const value = readResource(sent.reply.body);
    if (value) return { kind: 'ok', value, ...told(sent.reply, [sent.call]) };
    return {
      kind: 'rejected',
      code: 'no-id',
      message: 'The target returned a resource without an id.',
      calls: [sent.call],
    };
  }

  async find(type: SubjectType, key: { attribute: string; value: string }): Promise<Outcome<RemoteObject[]>> {
    const wrong = unwritable(type, [key.attribute]);
    if (wrong) return wrong;
    return findObjects(this.session, type, key);
  }

  async create(
    type: SubjectType,
    attributes: Attributes,
    context: OperationContext,
  ): Promise<Outcome<RemoteObject>> {
    const wrong = unwritable(type, Object.keys(attributes));
    if (wrong) return wrong;
    const call: Call = {
      method: 'POST',
      path: collectionOf[type],
      body: assembleResource(type, attributes),
      attributes: Object.keys(attributes),
      signal: context.signal,
    };
    if (context.mode === 'plan') return { kind: 'planned', calls: [this.session.wire(call)] };
    const sent = await this.session.send(call);
    if (sent.refused) return { ...sent.refused, calls: [sent.call] };
    const value = readResource(sent.reply.body) ?? fromLocation(sent.reply, type);
    if (value) return { kind: 'ok', value, ...told(sent.reply, [sent.call]) };
    return {
      kind: 'retry',
      scope: 'object',
      maybeDone: true,
      afterMs: 0,
      message: 'The target took the new object but did not tell its id: it has to be looked up.',
      ...told(sent.reply, [sent.call]),
    };
  }

  async update(
    type: SubjectType,
    id: string,
    changes: AttributeChange[],
    context: OperationContext,
  ): Promise<Outcome<{ id: string; etag?: string }>> {
    if (changes.length === 0) return { kind: 'no-op', why: 'unchanged' };
    const wrong = unwritable(
      type,
      changes.map(({ attribute }) => attribute),
    );
    if (wrong) return wrong;
    const call = this.patch(type, id, buildPatch(type, changes), changes, context);
    if (context.mode === 'plan') return { kind: 'planned', calls: [this.session.wire(call)] };
    let sent = await this.session.send(call);
    const calls = [sent.call];
    if (sent.refused?.kind === 'rejected' && sent.refused.code === 'noTarget') {
      const found = await this.session.send({ ...this.read(type, id, context.signal), wantsBody: true });
      calls.push(found.call);
      if (found.refused) return { ...found.refused, calls };
      if (!isObject(found.reply.body)) return { ...sent.refused, calls };
      const operations = buildPatchFor(type, found.reply.body, changes);
      if (operations.length === 0) return { kind: 'no-op', why: 'unchanged', calls };
      sent = await this.session.send(this.patch(type, id, operations, changes, context));
      calls.push(sent.call);
    }
    if (sent.refused) return { ...sent.refused, calls };
    const etag = readResource(sent.reply.body)?.etag;
    return { kind: 'ok', value: { id, ...(etag && { etag }) }, ...told(sent.reply, calls) };
  }

  async delete(type: SubjectType, id: string, context: OperationContext): Promise<Outcome<void>> {
    const call: Call = { method: 'DELETE', path: pathOf(type, id), signal: context.signal };
    if (context.mode === 'plan') return { kind: 'planned', calls: [this.session.wire(call)] };
    const sent = await this.session.send(call);
    if (!sent.refused) return { kind: 'ok', value: undefined, ...told(sent.reply, [sent.call]) };
    if (sent.refused.kind === 'not-found') {
      return { kind: 'no-op', why: 'already-absent', answer: sent.refused.answer, calls: [sent.call] };
    }
    return { ...sent.refused, calls: [sent.call] };
  }

  async members(
    groupId: string,
    change: MemberChange,
    context: OperationContext,
  ): Promise<Outcome<MembersResult>> {
    if (context.mode === 'plan')
      return { kind: 'planned', calls: planMembers(this.session, groupId, change) };
    return changeMembers(this.session, groupId, change, context.signal);
  }

  close(): Promise<void> {
    return this.session.close();
  }

  private read(type: SubjectType, id: string, signal?: AbortSignal): Call {
    const query = type === 'group' ? { query: { excludedAttributes: 'members' } } : {};
    return { method: 'GET', path: pathOf(type, id), ...query, signal };
  }

  private patch(
    type: SubjectType,
    id: string,
    operations: PatchOperation[],
    changes: AttributeChange[],
    context: OperationContext,
  ): Call {
    return {
      method: 'PATCH',
      path: pathOf(type, id),
      body: patchBody(operations),
      attributes: changes.map(({ attribute }) => attribute),
      signal: context.signal,
    };
  }
}

const pathOf = (type: SubjectType, id: string): string => `${collectionOf[type]}/${encodeURIComponent(id)}`;

const told = (reply: Reply, calls: WireCall[]) => ({
  answer: `HTTP ${reply.status}`,
  calls,
  ...(reply.hints && { hints: reply.hints }),
});

function headerOf(reply: Reply, name: string): string | undefined {
  const value = reply.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** RFC 7644 section 3.3 wants a Location on 201: it holds the id where the body does not. */
function fromLocation(reply: Reply, type: SubjectType): RemoteObject | undefined {
  const match = new RegExp(`${collectionOf[type]}/([^/?#]+)/?$`).exec(headerOf(reply, 'location') ?? '');
  if (reply.status !== 201 || !match) return undefined;
  try {
    return { id: decodeURIComponent(match[1]!), attributes: {} };
  } catch {
    return undefined;
  }
}
