import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore } from '@rollcall/event-store';
import {
  applyPatch,
  type MemberOperation,
  type PatchOperation,
  replaceAttributes,
  type ResourceType,
  ScimError,
  type Warning,
} from '@rollcall/scim';
import { v7 as uuid } from 'uuid';
import type { ChangeOrigin } from './change-origin.js';
import { DirectoryStates, type GroupWithMembers } from './directory-states.js';
import { changeGroup, createGroup, deleteGroup } from './group.decide.js';
import { type GroupEvent, groupStream, type Member } from './group.events.js';
import { evolveGroup, type GroupState } from './group.evolve.js';
import { decideMembership, type MembershipOperation, needsAllMembers } from './membership.decide.js';
import { OneAtATime } from './one-at-a-time.js';
import {
  againOnConflict,
  atTheirPositions,
  preconditionFailed,
  record,
  type Recorded,
} from './record-change.js';
import type { Attributes } from './resource-attributes.js';
import { addsMembers, namedIds, resolveMembers } from './resolve-members.js';

export interface GroupChanged {
  /** Undefined for one that was created. */
  before?: GroupState;
  group: GroupState;
  changed: boolean;
  /** What was recorded. */
  events: Recorded<GroupEvent>[];
  /** What was understood though it was not quite right. */
  warnings: Warning[];
}

export class CreateGroup extends Command<GroupChanged> {
  constructor(
    readonly tenantId: string,
    readonly origin: ChangeOrigin,
    readonly attributes: Attributes,
    readonly memberIds: string[],
  ) {
    super();
  }
}

export class ReplaceGroup extends Command<GroupChanged> {
  constructor(
    readonly tenantId: string,
    readonly origin: ChangeOrigin,
    readonly id: string,
    readonly attributes: Attributes,
    readonly memberIds: string[],
    readonly type: ResourceType,
    readonly ifMatch?: readonly number[],
  ) {
    super();
  }
}

export class PatchGroup extends Command<GroupChanged> {
  constructor(
    readonly tenantId: string,
    readonly origin: ChangeOrigin,
    readonly id: string,
    readonly header: PatchOperation[],
    readonly members: MemberOperation[],
    readonly type: ResourceType,
    readonly ifMatch?: readonly number[],
  ) {
    super();
  }
}

export class DeleteGroup extends Command<GroupChanged> {
  constructor(
    readonly tenantId: string,
    readonly origin: ChangeOrigin,
    readonly id: string,
    readonly ifMatch?: readonly number[],
  ) {
    super();
  }
}

@CommandHandler(CreateGroup)
export class CreateGroupHandler implements ICommandHandler<CreateGroup> {
  constructor(
    private readonly store: EventStore,
    private readonly states: DirectoryStates,
  ) {}

  async execute({ tenantId, origin, attributes, memberIds }: CreateGroup): Promise<GroupChanged> {
    const streamId = uuid();
    const members: Member[] =
      memberIds.length > 0 ? await resolveMembers(this.states, tenantId, streamId, memberIds) : [];
    const decision = createGroup(attributes, members);
    const appended = await record(
      this.store,
      { tenantId, streamId, streamType: groupStream, version: 0, origin },
      decision,
    );
    const group = evolveGroup(undefined, decision.events[0]!, appended);
    return { group, changed: true, events: atTheirPositions(decision.events, appended), warnings: [] };
  }
}

interface GroupChange {
  tenantId: string;
  origin: ChangeOrigin;
  id: string;
  ifMatch?: readonly number[];
  members: MemberOperation[];
  wanted: (state: GroupState) => { attributes: Attributes; warnings: Warning[] };
}

@Injectable()
export class GroupChanges {
  private readonly streams = new OneAtATime();

  constructor(
    private readonly store: EventStore,
    private readonly states: DirectoryStates,
  ) {}

  apply({ tenantId, origin, id, ifMatch, members, wanted }: GroupChange): Promise<GroupChanged> {
    return this.streams.run(`${tenantId}/${id}`, () =>
      againOnConflict(ifMatch, async () => {
        const operations = await this.resolve(tenantId, id, members);
        const ids = needsAllMembers(operations) ? 'all' : namedIds(members);
        const { group: state, members: current } = await existingGroup(
          this.states,
          tenantId,
          id,
          ids,
          ifMatch,
        );
        const { attributes, warnings } = wanted(state);
        const decision = changeGroup(state, attributes, decideMembership(operations, current));
        if (decision.events.length === 0) {
          return { before: state, group: state, changed: false, events: [], warnings };
        }
        const appended = await record(
          this.store,
          { tenantId, streamId: id, streamType: groupStream, version: state.version, origin },
          decision,
        );
        let group = state;
        for (const event of decision.events) {
          group = evolveGroup(group, event, { ...appended, version: group.version + 1 });
        }
        const events = atTheirPositions(decision.events, appended);
        return { before: state, group, changed: true, events, warnings };
      }),
    );
  }

  private async resolve(
    tenantId: string,
    groupId: string,
    operations: MemberOperation[],
  ): Promise<MembershipOperation[]> {
    const added = operations.flatMap((operation) => (addsMembers(operation) ? operation.ids : []));
    const known = new Map(
      added.length > 0
        ? (
            await resolveMembers(
              this.states,
              tenantId,
              groupId,
              added.map(({ id }) => id),
            )
          ).map((member) => [member.id, member])
        : [],
    );
    return operations.map((operation): MembershipOperation => {
      if (operation.op === 'clear') return operation;
      if (operation.op === 'remove') return { op: 'remove', ids: operation.ids.map(({ id }) => id) };
      return { op: operation.op, members: operation.ids.map(({ id }) => known.get(id)!) };
    });
  }
}

@CommandHandler(ReplaceGroup)
export class ReplaceGroupHandler implements ICommandHandler<ReplaceGroup> {
  constructor(private readonly changes: GroupChanges) {}

  execute(command: ReplaceGroup): Promise<GroupChanged> {
    return this.changes.apply({
      ...command,
      members: [{ op: 'set', ids: command.memberIds.map((id) => ({ id })) }],
      wanted: (state) => ({
        attributes: replaceAttributes(state.attributes, command.attributes, command.type),
        warnings: [],
      }),
    });
  }
}

@CommandHandler(PatchGroup)
export class PatchGroupHandler implements ICommandHandler<PatchGroup> {
  constructor(private readonly changes: GroupChanges) {}

  execute(command: PatchGroup): Promise<GroupChanged> {
    return this.changes.apply({
      ...command,
      wanted: (state) => applyPatch(state.attributes, command.header, command.type),
    });
  }
}

@CommandHandler(DeleteGroup)
export class DeleteGroupHandler implements ICommandHandler<DeleteGroup> {
  constructor(
    private readonly store: EventStore,
    private readonly states: DirectoryStates,
  ) {}

  execute({ tenantId, origin, id, ifMatch }: DeleteGroup): Promise<GroupChanged> {
    return againOnConflict(ifMatch, async () => {
      const { group: state } = await existingGroup(this.states, tenantId, id, [], ifMatch);
      const decision = deleteGroup(state);
      const appended = await record(
        this.store,
        { tenantId, streamId: id, streamType: groupStream, version: state.version, origin },
        decision,
      );
      const group = evolveGroup(state, decision.events[0]!, appended);
      const events = atTheirPositions(decision.events, appended);
      return { before: state, group, changed: true, events, warnings: [] };
    });
  }
}

async function existingGroup(
  states: DirectoryStates,
  tenantId: string,
  id: string,
  memberIds: string[] | 'all',
  ifMatch?: readonly number[],
): Promise<GroupWithMembers> {
  const found = await states.group(tenantId, id, memberIds);
  if (!found || found.group.deleted)
    throw new ScimError(
      404,
      `There is no group with the id ${id}: it never was, or it is deleted. Look for it by displayName, or create it.`,
    );
  if (ifMatch && !ifMatch.includes(found.group.version)) throw preconditionFailed();
  return found;
}
