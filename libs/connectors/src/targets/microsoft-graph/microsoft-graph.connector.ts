import type {
  AttributeChange,
  Attributes,
  ChangesPage,
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
import { checkAttribute } from './attributes.js';
import { changeMembers } from './change-members.js';
import { checkParts } from './check-parts.js';
import { createObject } from './create-object.js';
import { discoverTenant } from './discover-tenant.js';
import { changesSince, listObjects } from './list-objects.js';
import { capabilitiesWith, manifest } from './manifest.js';
import { findObjects, getObject } from './read-objects.js';
import { Session } from './session.js';
import { completeSettings, type GraphCredentials, type GraphSettings } from './settings.js';
import { testTenant } from './test-tenant.js';
import { deleteObject, updateObject } from './update-object.js';

export const microsoftGraph: ConnectorModule = {
  manifest,
  capabilities: (settings) => capabilitiesWith(completeSettings(settings as Partial<GraphSettings>)),
  check: checkParts,
  checkAttribute,
  open: (settings, credentials, runtime) =>
    new MicrosoftGraphConnector(
      new Session(
        completeSettings(settings as Partial<GraphSettings>),
        credentials as GraphCredentials,
        runtime,
      ),
    ),
};

/** Microsoft Graph v1.0 as a client, with application permissions. The id of an object is its object id. */
class MicrosoftGraphConnector implements Connector {
  constructor(private readonly session: Session) {}

  test(): Promise<TestReport> {
    return testTenant(this.session, this);
  }

  discover(): Promise<Outcome<Discovery>> {
    return discoverTenant(this.session);
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    return listObjects(this.session, type, query);
  }

  changes(type: SubjectType, query: { token?: string; cursor?: string }): Promise<Outcome<ChangesPage>> {
    return changesSince(this.session, type, query);
  }

  get(type: SubjectType, id: string, options?: { members?: boolean }): Promise<Outcome<RemoteObject>> {
    return getObject(this.session, type, id, options);
  }

  find(type: SubjectType, key: { attribute: string; value: string }): Promise<Outcome<RemoteObject[]>> {
    return findObjects(this.session, type, key);
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
  ): Promise<Outcome<{ id: string }>> {
    const names = changes.map(({ attribute }) => attribute);
    return unwritable(type, names) ?? updateObject(this.session, type, id, changes, context);
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

function unwritable(
  type: SubjectType,
  attributes: string[],
): Extract<Outcome<never>, { kind: 'rejected' }> | undefined {
  for (const attribute of attributes) {
    const message = checkAttribute(type, attribute);
    if (message === undefined) continue;
    const remedy = 'Take it out of the mapping, or pick another target attribute.';
    return { kind: 'rejected', code: 'unknown-attribute', attribute, message, remedy };
  }
  return undefined;
}
