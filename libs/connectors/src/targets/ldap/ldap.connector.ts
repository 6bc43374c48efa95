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
import { NumberRange } from './allocate-number.js';
import { attempt } from './attempt.js';
import { changeMembers } from './change-members.js';
import { changesSince } from './changes-since.js';
import { createEntry, type Ranges } from './create-entry.js';
import { discoverDirectory } from './discover-directory.js';
import { checkParts } from './check-parts.js';
import { defaultMappingsWith } from './default-mappings.js';
import { checkAttribute } from './entry-values.js';
import { Listings } from './listings.js';
import { capabilitiesWith, manifest } from './manifest.js';
import { findEntries, getEntry, listedEntries } from './read-entries.js';
import { Session } from './session.js';
import { completeSettings, type LdapCredentials, type LdapSettings } from './settings.js';
import { testDirectory } from './test-directory.js';
import { deleteEntry, updateEntry } from './update-entry.js';

export const ldap: ConnectorModule = {
  manifest,
  capabilities: (settings) => capabilitiesWith(completeSettings(settings as Partial<LdapSettings>)),
  defaultMappings: (settings) => defaultMappingsWith(completeSettings(settings as Partial<LdapSettings>)),
  check: checkParts,
  checkAttribute,
  open: (settings, credentials, runtime) =>
    new LdapConnector(
      new Session(
        completeSettings(settings as Partial<LdapSettings>),
        credentials as LdapCredentials,
        runtime,
      ),
    ),
};

/** LDAP v3 (RFC 4511) as a client. The id of an object is its entryUUID (RFC 4530). */
class LdapConnector implements Connector {
  private readonly listings: Listings;
  private readonly ranges: Ranges;

  constructor(private readonly session: Session) {
    const { uidNumberFrom, uidNumberTo, gidNumberFrom, gidNumberTo } = session.settings;
    this.listings = new Listings(session, listedEntries(session));
    this.ranges = {
      uidNumber: new NumberRange(session, 'uidNumber', uidNumberFrom, uidNumberTo),
      gidNumber: new NumberRange(session, 'gidNumber', gidNumberFrom, gidNumberTo),
    };
  }

  test(): Promise<TestReport> {
    const context = { operationId: 'test', attempt: 1, mode: 'live' as const };
    return testDirectory(this.session, {
      create: (attributes) => this.create('user', attributes, context),
      delete: (id) => this.delete('user', id, context),
    });
  }

  discover(): Promise<Outcome<Discovery>> {
    return attempt(undefined, (work) => discoverDirectory(this.session, work));
  }

  list(type: SubjectType, query: { cursor?: string; limit?: number }): Promise<Outcome<Page>> {
    return attempt(undefined, (work) => this.listings.page(type, query, work));
  }

  changes(
    type: SubjectType,
    query: { token?: string; cursor?: string; limit?: number },
  ): Promise<Outcome<ChangesPage>> {
    return attempt(undefined, (work) => changesSince(this.session, this.listings, type, query, work));
  }

  get(type: SubjectType, id: string, options?: { members?: boolean }): Promise<Outcome<RemoteObject>> {
    return attempt(undefined, (work) => getEntry(this.session, type, id, work, options?.members));
  }

  find(type: SubjectType, key: { attribute: string; value: string }): Promise<Outcome<RemoteObject[]>> {
    return attempt(undefined, (work) => findEntries(this.session, type, key, work));
  }

  create(
    type: SubjectType,
    attributes: Attributes,
    context: OperationContext,
  ): Promise<Outcome<RemoteObject>> {
    return attempt(context, (work) =>
      createEntry(this.session, this.ranges, type, attributes, context, work),
    );
  }

  async update(
    type: SubjectType,
    id: string,
    changes: AttributeChange[],
    context: OperationContext,
  ): Promise<Outcome<{ id: string }>> {
    if (changes.length === 0) return { kind: 'no-op', why: 'unchanged' };
    return attempt(context, (work) => updateEntry(this.session, type, id, changes, context, work));
  }

  delete(type: SubjectType, id: string, context: OperationContext): Promise<Outcome<void>> {
    return attempt(context, (work) => deleteEntry(this.session, type, id, context, work));
  }

  members(groupId: string, change: MemberChange, context: OperationContext): Promise<Outcome<MembersResult>> {
    return attempt(context, (work) => changeMembers(this.session, groupId, change, context, work));
  }

  async close(): Promise<void> {
    await this.listings.close();
    await this.session.close();
  }
}
