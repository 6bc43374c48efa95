import type { Member } from './group.events.js';
import type { GroupState } from './group.evolve.js';
import type { UserState } from './user.evolve.js';

export interface GroupWithMembers {
  group: GroupState;
  /** Those of the asked members that are in the group; all of them where all were asked. */
  members: Map<string, Member>;
}

/** Where commands find the newest committed state. The read model fulfils it: its row plus the stream's tail. */
export abstract class DirectoryStates {
  /** Undefined when it never existed. A deleted user is answered with `deleted: true`. */
  abstract user(tenantId: string, id: string): Promise<UserState | undefined>;
  abstract group(
    tenantId: string,
    id: string,
    memberIds: string[] | 'all',
  ): Promise<GroupWithMembers | undefined>;
  /** Of the given ids, those of existing, undeleted users and groups. */
  abstract kinds(tenantId: string, ids: string[]): Promise<Map<string, Member['type']>>;
}
