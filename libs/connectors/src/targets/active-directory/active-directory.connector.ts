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
import { attempt } from '../ldap/attempt.js';
import { Listings } from '../ldap/listings.js';
import { changeMembers } from './change-members.js';
import { changesSince } from './changes-since.js';
import { checkParts } from './check-parts.js';
import { createObject } from './create-object.js';
import { defaultMappingsWith } from './default-mappings.js';
import { discoverDomain } from './discover-domain.js';
import { Domain } from './domain.js';
import { capabilitiesWith, manifest } from './manifest.js';
import { checkAttribute } from './object-values.js';
import { findObjects, getObject, listedObjects } from './read-objects.js';
import { completeSettings, type DomainCredentials, type DomainSettings } from './settings.js';
import { testDomain } from './test-domain.js';
import { deleteObject, updateObject } from './update-object.js';

export const activeDirectory: ConnectorModule = {
  manifest,
  capabilities: (settings) => capabilitiesWith(completeSettings(settings as Partial<DomainSettings>)),
  defaultMappings: (settings) => defaultMappingsWith(settings as Partial<DomainSettings>),
  check: checkParts,
  checkAttribute,
  open: (settings, credentials, runtime) =>
    new ActiveDirectoryConnector(
      new Domain(
        completeSettings(settings as Partial<DomainSettings>),
        credentials as DomainCredentials,
        runtime,
      ),
    ),
};

/** Active Directory (MS-ADTS) over LDAP. The id of an object is its objectGUID. */
class ActiveDirectoryConnector implements Connector {
  private readonly listings: Listings;

  constructor(private readonly domain: Domain) {
    this.listings = new Listings(domain, listedObjects(domain));
  }

  test(): Promise<TestReport> {
    return testDomain(this.domain, this);
  }

  discover(): Promise<Outcome<Discovery>> {
    return attempt(undefined, (work) => discoverDomain(this.domain, work));
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    return attempt(undefined, (work) => this.listings.page(type, query, work));
  }

  changes(
    type: SubjectType,
    query: { token?: string; cursor?: string; limit?: number },
  ): Promise<Outcome<ChangesPage>> {
    return attempt(undefined, (work) => changesSince(this.domain, this.listings, type, query, work));
  }

  get(type: SubjectType, id: string, options?: { members?: boolean }): Promise<Outcome<RemoteObject>> {
    return attempt(undefined, (work) => getObject(this.domain, type, id, work, options?.members));
  }

  find(type: SubjectType, key: { attribute: string; value: string }): Promise<Outcome<RemoteObject[]>> {
    return attempt(undefined, (work) => findObjects(this.domain, type, key, work));
  }

  create(
    type: SubjectType,
    attributes: Attributes,
    context: OperationContext,
  ): Promise<Outcome<RemoteObject>> {
    return attempt(context, (work) => createObject(this.domain, type, attributes, context, work));
  }

  async update(
    type: SubjectType,
    id: string,
    changes: AttributeChange[],
    context: OperationContext,
  ): Promise<Outcome<{ id: string }>> {
    if (changes.length === 0) return { kind: 'no-op', why: 'unchanged' };
    return attempt(context, (work) => updateObject(this.domain, type, id, changes, context, work));
  }

  delete(_: SubjectType, id: string, context: OperationContext): Promise<Outcome<void>> {
    return attempt(context, (work) => deleteObject(this.domain, id, context, work));
  }

  members(groupId: string, change: MemberChange, context: OperationContext): Promise<Outcome<MembersResult>> {
    return attempt(context, (work) => changeMembers(this.domain, groupId, change, context, work));
  }

  async close(): Promise<void> {
    await this.listings.close();
    await this.domain.close();
  }
}
