const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export interface Account {
  userName: string;
  active: boolean;
  name: string;
  title: string | undefined;
  department: string | undefined;
  city: string | undefined;
  /** userName. */
  manager: string | undefined;
  groups: string[];
}

interface State {
  users: {
    resource: {
      userName: string;
      active: boolean;
      displayName: string;
      title?: string;
      addresses?: { type?: string; locality?: string }[];
      [enterprise]?: { department?: string };
    };
    groups: string[];
    manager?: string;
  }[];
  groupList: { displayName: string }[];
}

/** What the app on the other side holds, as its own page shows it. */
export class AppView {
  constructor(private readonly url: string) {}

  /** By name. */
  async accounts(): Promise<Account[]> {
    const { users } = await this.state();
    return users
      .map(({ resource, groups, manager }) => ({
        userName: resource.userName,
        active: resource.active,
        name: resource.displayName,
        title: resource.title,
        department: resource[enterprise]?.department,
        city: resource.addresses?.find(({ type }) => type === 'work')?.locality,
        manager,
        groups,
      }))
      .sort((a, b) => a.userName.localeCompare(b.userName));
  }

  async account(userName: string): Promise<Account | undefined> {
    return (await this.accounts()).find((account) => account.userName === userName);
  }

  async hasGroup(displayName: string): Promise<boolean> {
    return (await this.state()).groupList.some((group) => group.displayName === displayName);
  }

  private async state(): Promise<State> {
    return (await (await fetch(`${this.url}/state`)).json()) as State;
  }
}
