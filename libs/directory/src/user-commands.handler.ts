import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore } from '@rollcall/event-store';
import {
  applyPatch,
  type PatchOperation,
  replaceAttributes,
  type ResourceType,
  ScimError,
  type Warning,
} from '@rollcall/scim';
import { v7 as uuid } from 'uuid';
import type { ChangeOrigin } from './change-origin.js';
import { DirectoryStates } from './directory-states.js';
import { OneAtATime } from './one-at-a-time.js';
import {
  againOnConflict,
  atTheirPositions,
  preconditionFailed,
  record,
  type Recorded,
} from './record-change.js';
import type { Attributes } from './resource-attributes.js';
import { changeUser, createUser, deleteUser } from './user.decide.js';
import { type UserEvent, userStream } from './user.events.js';
import { evolveUser, type UserState } from './user.evolve.js';

/** The user as it is after the change, and whether anything changed. */
export interface UserChanged {
  /** Undefined for one that was created. */
  before?: UserState;
  user: UserState;
  changed: boolean;
  /** What was recorded. */
  events: Recorded<UserEvent>[];
  /** What was understood though it was not quite right. */
  warnings: Warning[];
}

export class CreateUser extends Command<UserChanged> {
  constructor(
    readonly tenantId: string,
    readonly origin: ChangeOrigin,
    readonly attributes: Attributes,
  ) {
    super();
  }
}

export class ReplaceUser extends Command<UserChanged> {
  constructor(
    readonly tenantId: string,
    readonly origin: ChangeOrigin,
    readonly id: string,
    readonly attributes: Attributes,
    readonly type: ResourceType,
    readonly ifMatch?: readonly number[],
  ) {
    super();
  }
}

export class PatchUser extends Command<UserChanged> {
  constructor(
    readonly tenantId: string,
    readonly origin: ChangeOrigin,
    readonly id: string,
    readonly operations: PatchOperation[],
    readonly type: ResourceType,
    readonly ifMatch?: readonly number[],
  ) {
    super();
  }
}

export class DeleteUser extends Command<UserChanged> {
  constructor(
    readonly tenantId: string,
    readonly origin: ChangeOrigin,
    readonly id: string,
    readonly ifMatch?: readonly number[],
  ) {
    super();
  }
}

@CommandHandler(CreateUser)
export class CreateUserHandler implements ICommandHandler<CreateUser> {
  constructor(private readonly store: EventStore) {}

  async execute({ tenantId, origin, attributes }: CreateUser): Promise<UserChanged> {
    const streamId = uuid();
    const decision = createUser(attributes);
    const appended = await record(
      this.store,
      { tenantId, streamId, streamType: userStream, version: 0, origin },
      decision,
    );
    const user = evolveUser(undefined, decision.events[0]!, appended);
    return { user, changed: true, events: atTheirPositions(decision.events, appended), warnings: [] };
  }
}

interface UserChange {
  tenantId: string;
  origin: ChangeOrigin;
  id: string;
  ifMatch?: readonly number[];
  wanted: (state: UserState) => { attributes: Attributes; warnings: Warning[] };
}

/** The common course of replace and patch: newest state, wanted attributes, decision, append. */
@Injectable()
export class UserChanges {
  private readonly streams = new OneAtATime();

  constructor(
    private readonly store: EventStore,
    private readonly states: DirectoryStates,
  ) {}

  apply({ tenantId, origin, id, ifMatch, wanted }: UserChange): Promise<UserChanged> {
    return this.streams.run(`${tenantId}/${id}`, () =>
      againOnConflict(ifMatch, async () => {
        const state = await existingUser(this.states, tenantId, id, ifMatch);
        const { attributes, warnings } = wanted(state);
        const decision = changeUser(state, attributes);
        if (decision.events.length === 0) {
          return { before: state, user: state, changed: false, events: [], warnings };
        }
        const appended = await record(
          this.store,
          { tenantId, streamId: id, streamType: userStream, version: state.version, origin },
          decision,
        );
        let user = state;
        for (const event of decision.events) {
          user = evolveUser(user, event, { ...appended, version: user.version + 1 });
        }
        const events = atTheirPositions(decision.events, appended);
        return { before: state, user, changed: true, events, warnings };
      }),
    );
  }
}

@CommandHandler(ReplaceUser)
export class ReplaceUserHandler implements ICommandHandler<ReplaceUser> {
  constructor(private readonly changes: UserChanges) {}

  execute(command: ReplaceUser): Promise<UserChanged> {
    return this.changes.apply({
      ...command,
      wanted: (state) => ({
        attributes: replaceAttributes(state.attributes, command.attributes, command.type),
        warnings: [],
      }),
    });
  }
}

@CommandHandler(PatchUser)
export class PatchUserHandler implements ICommandHandler<PatchUser> {
  constructor(private readonly changes: UserChanges) {}

  execute(command: PatchUser): Promise<UserChanged> {
    return this.changes.apply({
      ...command,
      wanted: (state) => applyPatch(state.attributes, command.operations, command.type),
    });
  }
}

@CommandHandler(DeleteUser)
export class DeleteUserHandler implements ICommandHandler<DeleteUser> {
  constructor(
    private readonly store: EventStore,
    private readonly states: DirectoryStates,
  ) {}

  execute({ tenantId, origin, id, ifMatch }: DeleteUser): Promise<UserChanged> {
    return againOnConflict(ifMatch, async () => {
      const state = await existingUser(this.states, tenantId, id, ifMatch);
      const decision = deleteUser(state);
      const appended = await record(
        this.store,
        { tenantId, streamId: id, streamType: userStream, version: state.version, origin },
        decision,
      );
      const user = evolveUser(state, decision.events[0]!, appended);
      const events = atTheirPositions(decision.events, appended);
      return { before: state, user, changed: true, events, warnings: [] };
    });
  }
}

async function existingUser(
  states: DirectoryStates,
  tenantId: string,
  id: string,
  ifMatch?: readonly number[],
): Promise<UserState> {
  const state = await states.user(tenantId, id);
  if (!state || state.deleted)
    throw new ScimError(
      404,
      `There is no user with the id ${id}: it never was, or it is deleted. Look for it by userName, or create it.`,
    );
  if (ifMatch && !ifMatch.includes(state.version)) throw preconditionFailed();
  return state;
}
