import type { DirectoryStory, Person } from './directory-story.js';
import type { Account, SeededTarget } from './seeded-target.js';

const manager = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value';

/** What is at the target and should not be, or the other way round, when all is quiet. Worked out without the engine. */
export function judgeEnd(
  story: DirectoryStory,
  target: SeededTarget,
  strangers: Account[],
  onDeletedAtSource: 'deactivate' | 'delete' | 'keep',
  /** Ids there of the groups that the hub knows to have made: only such are deleted. */
  madeGroups: Set<string>,
): string[] {
  const wrongs: string[] = [];
  const wrong = (about: string, what: unknown) => wrongs.push(`${about}: ${JSON.stringify(what)}`);
  const accountsOf = ({ externalId }: { externalId: string }) =>
    [...target.users.values()].filter(({ attributes }) => attributes.externalId === externalId);
  const accountOf = (id: string) => accountsOf(story.people.find((person) => person.id === id)!)[0];

  for (const person of story.people) {
    const accounts = accountsOf(person);
    const [account] = accounts;
    if (accounts.length > 1) wrong('more than one account', [person, accounts]);
    const wanted = person.active && !person.deleted && story.inScope(person);
    if (wanted && !account) wrong('no account', person);
    if (!account) continue;
    const kept = person.deleted && onDeletedAtSource === 'keep';
    if (!kept && account.attributes.active !== wanted) wrong('wrong access', [person, account]);
    if (person.deleted && onDeletedAtSource === 'delete') wrong('a leaver is still there', [person, account]);
    if (!person.deleted && story.inScope(person)) wrongs.push(...differences(person, account, accountOf));
  }
  const groups = [...target.groups.values()];
  for (const team of story.teams) {
    const [group, ...more] = groups.filter(({ attributes }) => attributes.externalId === team.externalId);
    if (more.length > 0) wrong('more than one group', [team, group, ...more]);
    if (team.deleted && group && madeGroups.has(group.id)) wrong('a deleted group is still there', group);
    if (!team.deleted && !group) wrong('no group', team);
    if (team.deleted || !group) continue;
    const members = story.people
      .filter(({ id, deleted }) => team.members.has(id) && !deleted)
      .flatMap((person) => accountsOf(person).map(({ id }) => id));
    if (members.sort().join() !== [...group.members].sort().join())
      wrong('wrong members', [team, [...group.members]]);
  }
  for (const stranger of strangers) {
    const now = target.users.get(stranger.id);
    if (JSON.stringify(now?.attributes) !== JSON.stringify(stranger.attributes))
      wrong('a stranger was touched', now);
  }
  const owners = new Set<unknown>(story.people.map(({ externalId }) => externalId));
  const ours = [...target.users.values()].filter(({ attributes }) => attributes.externalId !== undefined);
  for (const account of ours)
    if (!owners.has(account.attributes.externalId)) wrong('an account of nobody', account);
  return wrongs;
}

function differences(
  person: Person,
  { attributes }: Account,
  accountOf: (id: string) => Account | undefined,
): string[] {
  const { userName, title, userType, managerId } = person;
  const boss = managerId === undefined ? undefined : accountOf(managerId);
  const expected = { userName, title, userType, ...(boss && { [manager]: boss.id }) };
  return Object.entries(expected)
    .filter(([attribute, value]) => attributes[attribute] !== value)
    .map(
      ([attribute, value]) => `${userName} has ${attribute} ${String(attributes[attribute])}, not ${value}`,
    );
}
