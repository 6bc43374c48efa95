import type { Append, NewEvent } from '@rollcall/event-store';
import type { World } from './world.js';

const manager = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export interface Person {
  id: string;
  externalId: string;
  userName: string;
  title: string;
  userType: string;
  active: boolean;
  deleted: boolean;
  managerId?: string;
  /** There was a reason to take their access away. */
  everOut: boolean;
}

export interface Team {
  id: string;
  externalId: string;
  displayName: string;
  members: Set<string>;
  deleted: boolean;
}

/** What happens at the source, one change after another as the seed draws them, and what is true afterwards. */
export class DirectoryStory {
  readonly people: Person[] = [];
  readonly teams: Team[] = [];
  private numbered = 0;

  constructor(
    private readonly world: World,
    /** Only employees are in scope. */
    readonly scoped: boolean,
    /** Two who swap their names stand in each other's way at a target that has each name once. */
    private readonly maySwap: boolean,
  ) {}

  inScope({ userType }: Person): boolean {
    return !this.scoped || userType === 'Employee';
  }

  /** Draws what happens next. */
  next(): (Pick<Append, 'streamId' | 'streamType'> & { events: NewEvent[] })[] {
    const { world } = this;
    const people = this.people.filter(({ deleted }) => !deleted);
    const teams = this.teams.filter(({ deleted }) => !deleted);
    if (people.length < 2 || (people.length < 5 && world.chance(0.2))) return [this.hire()];
    if (teams.length < 2 && world.chance(0.15)) return [this.found()];
    const person = world.pick(people);
    const team = teams.length > 0 ? world.pick(teams) : undefined;
    const drawn = world.draw();
    if (team && drawn < 0.25) return [this.joinOrLeave(team, person)];
    if (team && drawn < 0.28) return [this.dissolve(team)];
    if (drawn < 0.42) return [this.update(person, { title: `t${++this.numbered}` })];
    if (drawn < 0.52) return [this.rename(person)];
    if (drawn < 0.58 && this.maySwap) return this.swapNames(person, world.pick(people));
    if (drawn < 0.66) return [this.lead(person, world.pick(people))];
    if (drawn < 0.74) return [this.move(person)];
    if (drawn < 0.88) return [this.activate(person, !person.active)];
    if (drawn < 0.95) return [this.leave(person)];
    return [this.leave(person), this.hire(person.userName)];
  }

  private hire(userName = `user${++this.numbered}@example.com`) {
    const person: Person = {
      id: this.world.uuid(),
      externalId: `x${++this.numbered}`,
      userName,
      title: `t${this.numbered}`,
      userType: this.world.chance(0.8) ? 'Employee' : 'Guest',
      active: true,
      deleted: false,
      everOut: false,
    };
    this.people.push(person);
    person.everOut = !this.inScope(person);
    const { externalId, title, userType } = person;
    const attributes = { userName, externalId, title, userType, active: true };
    return about(person, { type: 'user.created', payload: { attributes } });
  }

  private update(person: Person, set: Partial<Pick<Person, 'title' | 'userName' | 'userType'>>) {
    Object.assign(person, set);
    if (!this.inScope(person)) person.everOut = true;
    return about(person, { type: 'user.updated', payload: { set, removed: [] } });
  }

  private rename(person: Person) {
    return this.update(person, { userName: `user${++this.numbered}@example.com` });
  }

  /** Each has the other's name in the end; in between one of them has a third. */
  private swapNames(one: Person, other: Person) {
    const [first, second] = [one.userName, other.userName];
    if (one === other) return [this.rename(one)];
    return [
      this.rename(one),
      this.update(other, { userName: first }),
      this.update(one, { userName: second }),
    ];
  }

  private lead(person: Person, boss: Person) {
    person.managerId = boss.id;
    const set = { [manager]: { manager: { value: boss.id } } };
    return about(person, { type: 'user.updated', payload: { set, removed: [] } });
  }

  private move(person: Person) {
    return this.update(person, { userType: person.userType === 'Employee' ? 'Guest' : 'Employee' });
  }

  private activate(person: Person, active: boolean) {
    person.active = active;
    if (!active) person.everOut = true;
    return about(person, { type: active ? 'user.reactivated' : 'user.deactivated', payload: {} });
  }

  private leave(person: Person) {
    person.deleted = true;
    person.everOut = true;
    return about(person, { type: 'user.deleted', payload: {} });
  }

  private found() {
    const team: Team = {
      id: this.world.uuid(),
      externalId: `g${++this.numbered}`,
      displayName: `Team ${this.numbered}`,
      members: new Set(),
      deleted: false,
    };
    this.teams.push(team);
    const { externalId, displayName } = team;
    return ofTeam(team, { type: 'group.created', payload: { attributes: { externalId, displayName } } });
  }

  private joinOrLeave(team: Team, { id }: Person) {
    const leaves = team.members.has(id);
    if (leaves) team.members.delete(id);
    else team.members.add(id);
    const payload = { members: [{ id, type: 'User' }] };
    return ofTeam(team, { type: leaves ? 'group.members-removed' : 'group.members-added', payload });
  }

  private dissolve(team: Team) {
    team.deleted = true;
    return ofTeam(team, { type: 'group.deleted', payload: {} });
  }
}

const about = ({ id }: Person, event: NewEvent) => ({ streamId: id, streamType: 'user', events: [event] });
const ofTeam = ({ id }: Team, event: NewEvent) => ({ streamId: id, streamType: 'group', events: [event] });
