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
import { told } from '../../http/told.js';
import { changeMembers, planMembers } from './change-members.js';
import { checkParts } from './check-parts.js';
import { createObject } from './create-object.js';
import { defaultMappingsWith } from './default-mappings.js';
import { discoverAccount } from './discover-account.js';
import { explainObject } from './explain-forbidden.js';
import { findObjects } from './find-objects.js';
import { listPage } from './list-page.js';
import { capabilitiesWith, manifest } from './manifest.js';
import { getCall, orNotSettled, sendNoting } from './read-call.js';
import { readMembers } from './read-members.js';
import { readObject } from './read-object.js';
import { pathOf, Session, type Call } from './session.js';
import { completeSettings, type GoogleCredentials, type GoogleSettings } from './settings.js';
import { testAccount } from './test-account.js';
import { updateObject } from './update-object.js';
import { checkAttribute, unwritable } from './user-attributes.js';

export const googleWorkspace: ConnectorModule = {
  manifest,
  capabilities: (settings) => capabilitiesWith(completeSettings(settings as Partial<GoogleSettings>)),
  defaultMappings: (settings) =>
    defaultMappingsWith(completeSettings(settings as Partial<GoogleSettings>).domain),
  check: checkParts,
  checkAttribute,
  open: (settings, credentials, runtime) =>
    new GoogleWorkspaceConnector(
      new Session(
        completeSettings(settings as Partial<GoogleSettings>),
        credentials as GoogleCredentials,
        runtime,
      ),
    ),
};

/** The Directory API of the Admin SDK. The id of an object is the one Google gives, never an address. */
class GoogleWorkspaceConnector implements Connector {
  constructor(private readonly session: Session) {}

  test(): Promise<TestReport> {
    return testAccount(this.session, this);
  }

  discover(): Promise<Outcome<Discovery>> {
    return discoverAccount(this.session);
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    return listPage(this.session, type, query);
  }

  async get(type: SubjectType, id: string, { members = false } = {}): Promise<Outcome<RemoteObject>> {
    const calls: WireCall[] = [];
    const sent = await sendNoting(this.session, getCall(type, id), calls);
    if (sent.refused) return { ...orNotSettled(this.session, id, sent), calls };
    const value = readObject(type, sent.reply.body);
    if (!value) {
      const message = 'Google returned an object without an id.';
      return { kind: 'rejected', code: 'no-id', message, calls };
    }
    if (type === 'group' && members) {
      const read = await readMembers(this.session, id, calls);
      if ('refused' in read) return { ...read.refused, calls };
      value.members = read.members;
    }
    return { kind: 'ok', value, ...told(sent.reply, calls) };
  }

  async find(type: SubjectType, key: { attribute: string; value: string }): Promise<Outcome<RemoteObject[]>> {
    return unwritable(type, [key.attribute]) ?? findObjects(this.session, type, key);
  }

  async create(
    type: SubjectType,
    attributes: Attributes,
    context: OperationContext,
  ): Promise<Outcome<RemoteObject>> {
    return unwritable(type, Object.keys(attributes)) ?? createObject(this.session, type, attributes, context);
  }

  async update(
    type: SubjectType,
    id: string,
    changes: AttributeChange[],
    context: OperationContext,
  ): Promise<Outcome<{ id: string; etag?: string }>> {
    if (changes.length === 0) return { kind: 'no-op', why: 'unchanged' };
    const names = changes.map(({ attribute }) => attribute);
    return unwritable(type, names) ?? updateObject(this.session, type, id, changes, context);
  }

  async delete(type: SubjectType, id: string, context: OperationContext): Promise<Outcome<void>> {
    const call: Call = { method: 'DELETE', path: pathOf(type, id), signal: context.signal };
    if (context.mode === 'plan') return { kind: 'planned', calls: [this.session.wire(call)] };
    const calls: WireCall[] = [];
    const sent = await sendNoting(this.session, call, calls);
    if (!sent.refused) {
      this.session.settling.gone(id);
      return { kind: 'ok', value: undefined, ...told(sent.reply, calls) };
    }
    const refused = await explainObject(this.session, type, id, sent, calls);
    if (refused.kind !== 'not-found') return { ...refused, calls };
    return { kind: 'no-op', why: 'already-absent', answer: refused.answer, calls };
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
}
