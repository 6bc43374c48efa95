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
} from '../../contract.js';
import { checkAuthorities, checkClientCertificate } from '../../http/check-certificates.js';
import { told } from '../../http/told.js';
import { checkAttribute, unwritable } from './attribute-path.js';
import { assembleResource } from './assemble-resource.js';
import { changeMembers, planMembers } from './change-members.js';
import { checkChanges, checkNew } from './check-values.js';
import { toWire } from './dialect.js';
import { discoverTarget } from './discover-target.js';
import { findObjects } from './find-objects.js';
import { listPage } from './list-page.js';
import { capabilitiesWith, manifest } from './manifest.js';
import { presets } from './presets/presets.js';
import { readMembers, readResource } from './read-resource.js';
import type { Reply } from './refusal.js';
import { collectionOf, Session, type Call } from './session.js';
import { completeSettings } from './complete-settings.js';
import type { Scim2Credentials, Scim2Settings } from './settings.js';
import { testTarget } from './test-target.js';
import { updateObject } from './update-object.js';

export const scim2: ConnectorModule = {
  manifest,
  capabilities: (settings) => capabilitiesWith(completeSettings(settings as Partial<Scim2Settings>)),
  defaultMappings: (settings) => {
    const { preset } = settings as Partial<Scim2Settings>;
    return presets.find(({ id }) => id === preset)?.defaultMappings ?? manifest.defaultMappings;
  },
  check: ({ settings, credentials }) => [
    ...(settings ? checkAuthorities(settings as Partial<Scim2Settings>) : []),
    ...(credentials ? checkClientCertificate(credentials as Scim2Credentials) : []),
  ],
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
    return testTarget(this.session, this);
  }

  discover(): Promise<Outcome<Discovery>> {
    return discoverTarget(this.session);
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    return listPage(this.session, type, query);
  }

  async get(type: SubjectType, id: string, { members = false } = {}): Promise<Outcome<RemoteObject>> {
    const exclude = type === 'group' && !members ? { query: { excludedAttributes: 'members' } } : {};
    const sent = await this.session.send({
      method: 'GET',
      path: pathOf(type, id),
      ...exclude,
      wantsBody: true,
    });
    if (sent.refused) return { ...sent.refused, calls: [sent.call] };
    const value = readResource(sent.reply.body);
    const found = members ? readMembers(sent.reply.body) : undefined;
    if (value && found) value.members = found;
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
    const refused = checkNew(type, attributes, this.session.settings);
    if (refused) return refused;
    const call: Call = {
      method: 'POST',
      path: collectionOf[type],
      body: toWire(assembleResource(type, attributes), this.session.settings),
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
    const refused = checkChanges(type, changes, this.session.settings);
    if (refused) return refused;
    return updateObject(this.session, type, id, changes, context);
  }

  async delete(type: SubjectType, id: string, context: OperationContext): Promise<Outcome<void>> {
    if (type === 'user' && this.session.settings.deletion === 'deactivate')
      return this.deactivate(id, context);
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
    return changeMembers(this.session, groupId, change, context);
  }

  close(): Promise<void> {
    return this.session.close();
  }

  /** For apps where deleting cannot be undone, or does nothing else. */
  private async deactivate(id: string, context: OperationContext): Promise<Outcome<void>> {
    const inactive: AttributeChange = { op: 'set', attribute: 'active', value: false };
    const outcome = await updateObject(this.session, 'user', id, [inactive], context);
    if (outcome.kind === 'ok') return { ...outcome, value: undefined };
    if (outcome.kind !== 'not-found') return outcome;
    return { kind: 'no-op', why: 'already-absent', answer: outcome.answer, calls: outcome.calls };
  }
}

const pathOf = (type: SubjectType, id: string): string => `${collectionOf[type]}/${encodeURIComponent(id)}`;

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
