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
  TargetAttribute,
  TestReport,
} from '../../contract.js';
import { checkAuthorities, checkClientCertificate } from '../../http/check-certificates.js';
import { changeMembers } from './change-members.js';
import { checkSettings, checkSigning } from './check-settings.js';
import { completeSettings } from './complete-settings.js';
import { findObjects } from './find-objects.js';
import { getObject } from './get-object.js';
import { listPage } from './list-page.js';
import { capabilitiesWith, manifest } from './manifest.js';
import { presets } from './presets/presets.js';
import { Session } from './session.js';
import type { KnownAttribute, RestCredentials, RestSettings } from './settings.js';
import { testTarget } from './test-target.js';
import { createObject, deleteObject, updateObject } from './write-object.js';

export const rest: ConnectorModule = {
  manifest,
  capabilities: (settings) => capabilitiesWith(completeSettings(settings as Partial<RestSettings>)),
  defaultMappings: (settings) => {
    const { preset } = settings as Partial<RestSettings>;
    return presets.find(({ id }) => id === preset)?.defaultMappings ?? manifest.defaultMappings;
  },
  check: ({ settings, credentials }) => [
    ...(settings ? checkSettings(settings as Partial<RestSettings>) : []),
    ...(settings ? checkAuthorities(settings as Partial<RestSettings>) : []),
    ...(credentials ? checkSigning(credentials as RestCredentials) : []),
    ...(credentials ? checkClientCertificate(credentials as RestCredentials) : []),
  ],
  checkAttribute: (_, attribute) => {
    if (attribute === 'id') return 'is given by the app: it cannot be written.';
    return attribute.trim() === '' || attribute.length > 200 ? 'is no name of an attribute.' : undefined;
  },
  open: (settings, credentials, runtime) =>
    new RestConnector(
      new Session(
        completeSettings(settings as Partial<RestSettings>),
        credentials as RestCredentials,
        runtime,
      ),
    ),
};

/** An HTTP API as the settings describe it. */
class RestConnector implements Connector {
  constructor(private readonly session: Session) {}

  test(): Promise<TestReport> {
    return testTarget(this.session, this);
  }

  /** What the settings say: nothing is asked. */
  discover(): Promise<Outcome<Discovery>> {
    const { settings } = this.session;
    const types = settings.groups ? (['user', 'group'] as const) : (['user'] as const);
    const objectTypes = types.map((type) => {
      const described = settings[`${type}s`]?.attributes ?? [];
      return {
        type,
        attributes: (described.length > 0 ? described : [{ name: 'userName' }]).map(asTarget),
        assumed: true,
      };
    });
    const assumptions = [
      'The app does not describe itself: attributes are those the settings name, and others may be mapped.',
    ];
    return Promise.resolve({
      kind: 'ok',
      value: { objectTypes, capabilities: capabilitiesWith(settings), assumptions },
    });
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    return listPage(this.session, type, query);
  }

  async get(type: SubjectType, id: string, { members = false } = {}): Promise<Outcome<RemoteObject>> {
    const { raw: _raw, ...outcome } = await getObject(this.session, type, id);
    if (outcome.kind === 'ok' && !members) delete outcome.value.members;
    return outcome;
  }

  find(type: SubjectType, key: { attribute: string; value: string }): Promise<Outcome<RemoteObject[]>> {
    return findObjects(this.session, type, key);
  }

  create(
    type: SubjectType,
    attributes: Attributes,
    context: OperationContext,
  ): Promise<Outcome<RemoteObject>> {
    return createObject(this.session, type, attributes, context);
  }

  update(
    type: SubjectType,
    id: string,
    changes: AttributeChange[],
    context: OperationContext,
  ): Promise<Outcome<{ id: string; etag?: string }>> {
    return updateObject(this.session, type, id, changes, context);
  }

  delete(type: SubjectType, id: string, context: OperationContext): Promise<Outcome<void>> {
    return deleteObject(this.session, type, id, context);
  }

  members(groupId: string, change: MemberChange, context: OperationContext): Promise<Outcome<MembersResult>> {
    return changeMembers(this.session, groupId, change, context);
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

const asTarget = ({
  name,
  type = 'string',
  multiValued = false,
  required = false,
  unique = false,
  caseExact = false,
}: KnownAttribute): TargetAttribute => ({
  name,
  type,
  multiValued,
  required,
  caseExact,
  mutability: 'readWrite',
  unique,
});
