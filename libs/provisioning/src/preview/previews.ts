import { randomUUID } from 'node:crypto';
import type { WireCall } from '@rollcall/connectors';
import { Database, Keyring } from '@rollcall/platform';
import {
  type ConnectorAccess,
  type Draft,
  type OpenConnection,
  openConnection,
} from '../connections/open-connection.js';
import { displaysOf } from '../history/member-names.js';
import { planUnasked } from '../plan/plan-unasked.js';
import { Attempt } from '../push/attempt.js';
import { carryOut } from '../push/carry-out.js';
import { holderOf } from '../push/holder-of.js';
import { loadSubjects, remoteIdsOf } from '../push/load-subjects.js';
import { referencedIds } from '../mapping/map-attributes.js';
import { type Planner, plannerFor } from '../push/planner.js';
import { writtenMembers } from '../push/written-members.js';
import { keepsMembers } from '../push/push-group.js';
import { redactCalls, secretsOf } from '../report/redact-operation.js';
import type { Scope } from '../scope/scope.js';
import { previewScope, type ScopePreview } from './scope-preview.js';
import { plannedCalls } from './planned-calls.js';
import type { Preview, PreviewStep, PreviewSubject } from './preview.js';
import { previewMembers } from './preview-members.js';
import { notesOn } from './preview-notes.js';
import { type Asked, type Loaded, planView, stepsOf } from './preview-steps.js';
import { type Changed, userAsIf, type WhatIf } from './what-if.js';

export interface PreviewOptions {
  /** In place of the saved configuration. */
  draft?: Draft;
  /** Of a user only. */
  whatIf?: WhatIf;
  /** false: the target is not asked; nobody is found there. */
  look?: boolean;
}

interface Parts {
  database: Database;
  keyring: Keyring;
  connectors: ConnectorAccess;
}

/** What would be done for one subject, by the planner and the path of a real push up to where it would be sent. */
export class Previews {
  constructor(private readonly parts: Parts) {}

  /**
   * Undefined: there is no such subject, nor was one provisioned there. The tables must be up to date.
   * Throws ScimError for a what-if that cannot be, ExpressionError for a draft that was not checked.
   */
  async preview(
    tenantId: string,
    connectionId: string,
    subject: PreviewSubject,
    { draft, whatIf, look = true }: PreviewOptions = {},
  ): Promise<Preview | undefined> {
    const { database, keyring, connectors } = this.parts;
    const open = await openConnection(database, keyring, connectors, tenantId, connectionId, draft);
    if (!open) return undefined;
    try {
      const { configuration } = open;
      const asked = {
        users: subject.type === 'user' ? [subject.id] : [],
        groups: subject.type === 'group' ? [subject.id] : [],
        memberLimit: 0,
      };
      const read = await loadSubjects(database, tenantId, connectionId, configuration, asked);
      const found = read.users.get(subject.id) ?? read.groups.get(subject.id);
      const known = found && (found.type === 'user' ? found.user : found.group);
      if (!found || (!known && !found.target)) return undefined;
      const now = new Date();
      const changed =
        whatIf && found.type === 'user' && found.user
          ? await userAsIf(database, tenantId, found.user, whatIf, configuration, now)
          : undefined;
      const loaded: Loaded = changed && found.type === 'user' ? { ...found, user: changed.user } : found;
      const { attributes, type } = configuration.users;
      const remoteIds = changed
        ? await remoteIdsOf(
            database,
            tenantId,
            connectionId,
            referencedIds(attributes, changed.user.resource, type),
          )
        : read.remoteIds;
      const planner = await plannerFor(loaded, configuration, remoteIds, now);
      const answered = await this.ask(tenantId, connectionId, subject, open, loaded, planner, look);
      return await this.tell(tenantId, connectionId, subject, open, loaded, {
        planner,
        remoteIds,
        changed,
        draft: draft !== undefined,
        ...answered,
      });
    } finally {
      await open.connector.close();
    }
  }

  /** Undefined: there is no such connection. The tables must be up to date. */
  async scope(
    tenantId: string,
    connectionId: string,
    scope: Scope | undefined,
    wanted: Parameters<typeof previewScope>[5],
  ): Promise<ScopePreview | undefined> {
    const { database } = this.parts;
    const saved = await this.configurationOf(tenantId, connectionId);
    const drafted =
      scope === undefined ? saved : await this.configurationOf(tenantId, connectionId, { scope });
    if (!saved || !drafted) return undefined;
    return previewScope(database, tenantId, connectionId, saved, drafted, wanted);
  }

  private async configurationOf(tenantId: string, connectionId: string, draft?: Draft) {
    const { database, keyring, connectors } = this.parts;
    const open = await openConnection(database, keyring, connectors, tenantId, connectionId, draft);
    await open?.connector.close();
    return open?.configuration;
  }

  /** The push's own way, stopped where something would be changed. */
  private async ask(
    tenantId: string,
    connectionId: string,
    subject: PreviewSubject,
    { connector }: OpenConnection,
    loaded: Loaded,
    planner: Planner,
    look: boolean,
  ): Promise<Asked> {
    const keys: NonNullable<PreviewStep['keys']> = [];
    const watched: Planner['plan'] = (target, answers) => {
      const plan = planner.plan(target, answers);
      if (plan.action === 'match') keys.push(...plan.keys);
      return plan;
    };
    const unasked = () => planUnasked((answers) => watched(loaded.target, answers));
    if (!look) return { plan: unasked(), keys, reads: [] };
    const attempt = new Attempt({
      connector,
      type: subject.type,
      operationId: randomUUID(),
      attempt: 1,
      writtenMembers: () => writtenMembers(this.parts.database, tenantId, connectionId, subject.id),
      holderOf: (remoteId) =>
        holderOf(
          this.parts.database,
          tenantId,
          connectionId,
          { subjectType: subject.type, subjectId: subject.id },
          remoteId,
        ),
    });
    const carried = await carryOut(watched, loaded.target, attempt, false, () =>
      Promise.resolve({ kind: 'held', holdId: 'preview' }),
    );
    if (carried.kind !== 'failed') return { plan: carried.plan, keys, reads: attempt.calls };
    return { plan: unasked(), keys, reads: attempt.calls, unreachable: carried.failure.message };
  }

  private async tell(
    tenantId: string,
    connectionId: string,
    subject: PreviewSubject,
    open: OpenConnection,
    loaded: Loaded,
    seen: Asked & {
      planner: Planner;
      remoteIds: ReadonlyMap<string, string>;
      changed: Changed | undefined;
      draft: boolean;
    },
  ): Promise<Preview> {
    const { database } = this.parts;
    const { configuration, connector, capabilities } = open;
    const { plan, changed } = seen;
    const secrets = secretsOf(configuration[subject.type === 'user' ? 'users' : 'groups']);
    const { calls, refusal } = await plannedCalls(connector, subject.type, plan, loaded.target);
    const letGo = plan.action === 'none' && plan.letGo === true;
    const made = plan.action === 'create' || plan.action === 'adopt';
    const aboutMembers =
      loaded.type === 'group' &&
      configuration.policy.groups.members &&
      (made || ((letGo || keepsMembers(plan)) && loaded.target?.state === 'active'));
    const remoteId =
      'remoteId' in plan ? (plan.remoteId ?? loaded.target?.remoteId) : loaded.target?.remoteId;
    const members = aboutMembers
      ? await previewMembers(
          database,
          tenantId,
          connectionId,
          subject.id,
          { letGo, ...(plan.action !== 'create' && { remoteId }) },
          configuration,
          capabilities.members,
          connector,
        )
      : undefined;
    const around = await notesOn(database, tenantId, connectionId, subject.id, plan);
    const names = await displaysOf(database, tenantId, [subject.id]);
    const refused = refusal ?? members?.refusal;
    const wire: WireCall[] = [...calls, ...(members?.calls ?? [])];
    return {
      connection: { id: connectionId, ...around.connection, version: configuration.version },
      subject: { ...subject, display: names.get(subject.id) ?? null },
      draft: seen.draft,
      whatIf: changed !== undefined,
      steps: stepsOf(open, loaded, seen),
      plan: planView(plan, secrets),
      ...(members && { members: members.members }),
      ...(changed && {
        memberships: await membershipsOf(database, tenantId, connectionId, open, changed),
      }),
      calls: redactCalls(wire, secrets),
      callsLeftOut: members?.callsLeftOut ?? 0,
      notes: [...around.notes, ...(refused ? [`The connector would not send this: ${refused}`] : [])],
    };
  }
}

/** Memberships of a changed user, in groups that are pushed. */
async function membershipsOf(
  database: Database,
  tenantId: string,
  connectionId: string,
  { configuration: { policy } }: OpenConnection,
  { joined, left }: Changed,
): Promise<NonNullable<Preview['memberships']>> {
  if (!policy.groups.members || !policy.groups.enabled) return [];
  const ids = [...joined, ...left];
  const rows = await database.query<{ id: string; display: string }>(
    `select g.id, g.display_name as display from hub.directory_group g
     join hub.target_object t on t.tenant_id = g.tenant_id and t.connection_id = $2 and t.subject_id = g.id
       and t.state = 'active'
     where g.tenant_id = $1 and g.id = any($3::uuid[]) order by g.display_name`,
    [tenantId, connectionId, ids],
  );
  return rows.map((group) => ({
    group,
    change: joined.includes(group.id) ? ('add' as const) : ('remove' as const),
  }));
}
