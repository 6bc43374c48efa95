import type { Account, AppView } from './app-view.js';
import type { Entra, Person } from './entra.js';

export interface Step {
  /** By the clock of the day that is played. */
  at: string;
  what: string;
  /** Sends what Entra sends; answers the hub's id of whom it is about. */
  send(entra: Entra): Promise<string>;
  /** Whether it is there to be seen at the app. */
  arrived(app: AppView): Promise<boolean>;
}

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const engineering = 'Engineering';
const renamedGroup = 'Engineering and Research';
const mail = (name: string) => `${name}@contoso.example`;
const newGrace = mail('grace.murray');

const grace: Person = {
  userName: mail('grace'),
  externalId: 'grace',
  givenName: 'Grace',
  familyName: 'Hopper',
  title: 'Head of Engineering',
  department: 'Engineering',
  city: 'London',
};
const ada: Person = {
  ...grace,
  userName: mail('ada'),
  externalId: 'ada',
  givenName: 'Ada',
  familyName: 'Lovelace',
  title: 'Engineer',
};
const alan: Person = {
  ...ada,
  userName: mail('alan'),
  externalId: 'alan',
  givenName: 'Alan',
  familyName: 'Turing',
  city: 'Manchester',
};
const edsger: Person = {
  ...ada,
  userName: mail('edsger'),
  externalId: 'edsger',
  givenName: 'Edsger',
  familyName: 'Dijkstra',
};
const joan: Person = {
  ...ada,
  userName: mail('joan'),
  externalId: 'joan',
  givenName: 'Joan',
  familyName: 'Clarke',
};

/** Joiners, movers, a group, a rename and two leavers, in the order in which Entra would send them. */
export function day(): Step[] {
  const ids = new Map<string, string>();
  const idOf = (name: string): string => {
    const id = ids.get(name);
    if (id === undefined) throw new Error(`${name} has not been created`);
    return id;
  };
  const is = async (app: AppView, userName: string, wanted: Partial<Account>): Promise<boolean> => {
    const account = await app.account(userName);
    return (
      !!account && Object.entries(wanted).every(([name, value]) => account[name as keyof Account] === value)
    );
  };
  const joins = (at: string, person: Person): Step => ({
    at,
    what: `${person.givenName} ${person.familyName} joins ${person.department}`,
    async send(entra) {
      const id = await entra.createUser(person);
      ids.set(person.userName, id);
      return id;
    },
    arrived: (app) =>
      is(app, person.userName, { active: true, title: person.title, department: person.department }),
  });
  /** Managers come bare in one cycle and wrapped in the next. */
  const reports = (at: string, { givenName, userName }: Person, asObject: boolean): Step => ({
    at,
    what: `${givenName} reports to Grace`,
    async send(entra) {
      const manager = idOf(grace.userName);
      const value = asObject ? { value: manager } : manager;
      await entra.patch('Users', idOf(userName), { op: 'Add', path: `${enterprise}:manager`, value });
      return idOf(userName);
    },
    arrived: (app) => is(app, userName, { manager: grace.userName }),
  });
  const member = (at: string, { givenName, userName }: Person): Step => ({
    at,
    what: `${givenName} becomes a member of ${engineering}`,
    async send(entra) {
      const value = [{ $ref: null, value: idOf(userName) }];
      await entra.patch('Groups', idOf(engineering), { op: 'Add', path: 'members', value });
      return idOf(engineering);
    },
    arrived: async (app) => !!(await app.account(userName))?.groups.includes(engineering),
  });

  return [
    joins('08:55', grace),
    joins('08:56', ada),
    joins('08:57', alan),
    joins('08:58', edsger),
    joins('08:59', joan),
    reports('09:05', ada, false),
    reports('09:05', alan, true),
    {
      at: '09:20',
      what: `A group ${engineering} is made`,
      async send(entra) {
        ids.set(engineering, await entra.createGroup(engineering, 'c0ffee00-0000-4000-8000-000000000001'));
        return idOf(engineering);
      },
      arrived: (app) => app.hasGroup(engineering),
    },
    member('09:21', ada),
    member('09:21', alan),
    member('09:22', joan),
    {
      at: '10:30',
      what: 'Ada moves to Research (PATCH by path)',
      async send(entra) {
        await entra.patch(
          'Users',
          idOf(ada.userName),
          { op: 'Replace', path: `${enterprise}:department`, value: 'Research' },
          { op: 'Replace', path: 'title', value: 'Analyst' },
          { op: 'Add', path: 'addresses[type eq "work"].locality', value: 'Cambridge' },
        );
        return idOf(ada.userName);
      },
      arrived: (app) =>
        is(app, ada.userName, { department: 'Research', title: 'Analyst', city: 'Cambridge' }),
    },
    {
      at: '11:15',
      what: 'Joan moves to Research (PATCH without path)',
      async send(entra) {
        await entra.patchWithFlag('Users', idOf(joan.userName), {
          title: 'Cryptanalyst',
          'name.givenName': 'Joan Elisabeth',
          [`${enterprise}:department`]: 'Research',
        });
        return idOf(joan.userName);
      },
      arrived: (app) => is(app, joan.userName, { department: 'Research', title: 'Cryptanalyst' }),
    },
    {
      at: '13:00',
      what: `The group is renamed to ${renamedGroup}`,
      async send(entra) {
        await entra.patch('Groups', idOf(engineering), {
          op: 'Replace',
          path: 'displayName',
          value: renamedGroup,
        });
        return idOf(engineering);
      },
      arrived: (app) => app.hasGroup(renamedGroup),
    },
    {
      at: '14:10',
      what: 'Grace Hopper is now Grace Murray, with a new user name',
      async send(entra) {
        await entra.patch(
          'Users',
          idOf(grace.userName),
          { op: 'Replace', path: 'userName', value: newGrace },
          { op: 'Replace', path: 'displayName', value: 'Grace Murray' },
          { op: 'Replace', path: 'name.familyName', value: 'Murray' },
        );
        return idOf(grace.userName);
      },
      arrived: (app) => is(app, newGrace, { name: 'Grace Murray' }),
    },
    {
      at: '15:30',
      what: 'Alan leaves the group',
      async send(entra) {
        const value = [{ value: idOf(alan.userName) }];
        await entra.patch('Groups', idOf(engineering), { op: 'Remove', path: 'members', value });
        return idOf(engineering);
      },
      arrived: async (app) => (await app.account(alan.userName))?.groups.length === 0,
    },
    {
      at: '17:00',
      what: 'Edsger leaves: deactivated',
      async send(entra) {
        await entra.patch('Users', idOf(edsger.userName), { op: 'Replace', path: 'active', value: 'False' });
        return idOf(edsger.userName);
      },
      arrived: (app) => is(app, edsger.userName, { active: false }),
    },
    {
      at: '17:30',
      what: 'Alan left a month ago: deleted',
      async send(entra) {
        await entra.delete('Users', idOf(alan.userName));
        return idOf(alan.userName);
      },
      arrived: async (app) => (await app.account(alan.userName)) === undefined,
    },
  ];
}

/** All that the app must hold in the evening, by name. */
export const evening: Account[] = [
  {
    ...account(ada),
    title: 'Analyst',
    department: 'Research',
    city: 'Cambridge',
    manager: newGrace,
    groups: [renamedGroup],
  },
  { ...account(edsger), active: false },
  { ...account(grace), userName: newGrace, name: 'Grace Murray' },
  { ...account(joan), title: 'Cryptanalyst', department: 'Research', groups: [renamedGroup] },
];

function account({ userName, givenName, familyName, title, department, city }: Person): Account {
  const name = `${givenName} ${familyName}`;
  return { userName, active: true, name, title, department, city, manager: undefined, groups: [] };
}
