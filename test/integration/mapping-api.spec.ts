import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import { type Sandbox, startSandbox } from '../../apps/sandbox/src/start-sandbox.js';
import { createTestDatabase, startHubHere, type TestDatabase, waitFor } from '../harness/index.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const token = 'sandbox-token';

describe('mappings over the admin API, to the sandbox', () => {
  let store: TestDatabase;
  let hub: RunningHub;
  let app: Sandbox;
  let other: Sandbox;
  let source: { scimUrl: string; token: string };

  beforeAll(async () => {
    store = await createTestDatabase();
    [app, other] = await Promise.all([startSandbox({ port: 0, token }), startSandbox({ port: 0, token })]);
    hub = await startHubHere({ DATABASE_URL: store.url });
    source = (await call('POST', 'sources', { name: 'Entra', client: 'entra' })).body;
  });
  afterAll(async () => {
    await hub?.stop();
    await app?.stop();
    await other?.stop();
    await store?.drop();
  });

  async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
    const answer = await fetch(`${hub.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${hub.keys.adminKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : undefined };
  }

  async function scim(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await fetch(`${source.scimUrl}/${path}`, {
      method,
      headers: { authorization: `Bearer ${source.token}`, 'content-type': 'application/scim+json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  const person = (userName: string, more: object = {}) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    active: true,
    ...more,
  });
  const given = (name: string, more: object = {}, to: Sandbox = app) => ({
    name,
    connector: 'scim2',
    settings: { baseUrl: to.baseUrl },
    credentials: { type: 'bearer', token },
    ...more,
  });
  const line = (target: string, more: object) => ({ target, apply: 'always', ...more });
  const users = (
    attributes: object[],
    matching: object[] = [{ source: 'userName', target: 'userName' }],
  ) => ({
    users: {
      matching,
      attributes: [
        line('userName', { source: 'userName' }),
        line('active', { source: 'active' }),
        ...attributes,
      ],
    },
  });
  const accountNamed = (userName: string, at: Sandbox = app): any =>
    at.accounts().find((account) => account.userName === userName);
  const settled = (id: string) =>
    waitFor(async () => (await call('GET', `connections/${id}/progress`)).body.phase === 'idle', {
      what: 'everything to be pushed',
    });

  it('refuses mappings that cannot work, naming the line and the remedy, and saves nothing', async () => {
    const bad: [object[], string, RegExp, object[]?][] = [
      [[line('title', { source: 'displayNmae' })], 'attributes.2.source', /Did you mean displayName/],
      [[line('titel', { source: 'title' })], 'attributes.2.target', /Did you mean title/],
      [[line('title', {})], 'attributes.2', /one of source, constant and expression/],
      [[line('title', { source: 'active' })], 'attributes.2.source', /true or false.*\$CStr/],
      [[line('title', { source: 'emails.value' })], 'attributes.2.source', /list.*one value/],
      [[line('title', { source: 'groups' })], 'attributes.2.source', /not available/],
      [[line('title', { constant: 7 })], 'attributes.2.constant', /whole number/],
      [
        [line('title', { expression: '$Jion("-", title, userName)' })],
        'attributes.2.expression',
        /not known/,
      ],
      [[line('title', { expression: '$Join(' })], 'attributes.2.expression', /title.*Expected/],
      [[line('title', { expression: '$Switch(title, "a")' })], 'attributes.2.expression', /at least 4/],
      [[line('title', { expression: 'displayname' })], 'attributes.2.expression', /write displayName/],
      [[line('title', { expression: '$Attribute("shoeSize")' })], 'attributes.2.expression', /shoeSize/],
      [
        [line('title', { expression: '$RandomString(8)' })],
        'attributes.2.expression',
        /another value each time/,
      ],
      [
        [line('title', { expression: '$DateAdd("day", 1, $Now())' })],
        'attributes.2.expression',
        /yyyy, m, ww/,
      ],
      [[line('title', { expression: '$count(emails)' })], 'attributes.2.expression', /whole number.*\$CStr/],
      [
        [line('title', { expression: '$SelectUniqueValue("a", "b")' })],
        'attributes.2.apply',
        /must be create/,
      ],
      [[line('id', { source: 'externalId' })], 'attributes.2.target', /./],
      [
        [line('title', { source: 'title' })],
        'matching.0',
        /either a source or an expression/,
        [{ target: 'title' }],
      ],
    ];
    for (const [lines, field, message, matching] of bad) {
      const answer = await call('POST', 'connections', given('Bad', { mappings: users(lines, matching) }));
      const at = JSON.stringify(lines);
      expect(answer.status, at).toBe(400);
      const found = answer.body.errors.find((error: any) => error.field === `mappings.users.${field}`);
      expect(found?.message, `${at} ${JSON.stringify(answer.body.errors)}`).toMatch(message);
    }
    const unnamed = { users: { matching: [], attributes: [line('title', { source: 'title' })] } };
    const missing = await call('POST', 'connections', given('Bad', { mappings: unnamed }));
    expect(missing.body.errors).toEqual([
      { field: 'mappings.users.attributes', message: expect.stringMatching(/requires userName/) },
    ]);
    const policy = { protected: [{ attribute: 'userName' }] };
    const unprotected = await call('POST', 'connections', given('Bad', { policy }));
    expect(unprotected.body.errors[0].field).toBe('policy.protected.0');
    expect((await call('GET', 'connections')).body.items).toEqual([]);
  });

  it('says what it could not check, and takes the admin’s word against the target’s schema', async () => {
    const away = { settings: { baseUrl: 'http://127.0.0.1:9/scim/v2' } };
    const lines = users([line('nickName', { source: 'nickName' })]);
    const unchecked = await call('POST', 'connections', given('Away', { ...away, mappings: lines }));
    expect([unchecked.status, unchecked.body.warnings]).toEqual([201, [expect.stringContaining('schema')]]);
    const unknown = users([line(`${enterprise}:badge`, { source: 'title' })]);
    expect((await call('POST', 'connections', given('Sure', { mappings: unknown }))).status).toBe(400);
    const sure = await call(
      'POST',
      'connections',
      given('Sure', { mappings: unknown, ignoreTargetSchema: true }),
    );
    expect([sure.status, sure.body.warnings]).toEqual([201, []]);
    for (const { body } of [unchecked, sure]) await call('DELETE', `connections/${body.id}`);
  });

  it('keeps every version, shows differences, restores one and the defaults', async () => {
    const first = await call('POST', 'connections', given('Versioned'));
    const { id } = first.body;
    const mappings = users([line('title', { source: 'title' }), line('nickName', { source: 'nickName' })]);
    await call('PATCH', `connections/${id}`, { mappings });
    const changed = structuredClone(mappings);
    changed.users.attributes[2] = line('title', { expression: '$ToUpper(title)' });
    const policy = { users: { delete: false } };
    const third = await call('PATCH', `connections/${id}`, { mappings: changed, policy });
    expect(third.body.configVersion).toBe(3);
    const refused = await call('PATCH', `connections/${id}`, { mappings: users([line('title', {})]) });
    expect(refused.status).toBe(400);
    await call('PATCH', `connections/${id}`, { credentials: { type: 'bearer', token } });

    const list = (await call('GET', `connections/${id}/versions?limit=3`)).body;
    expect(list.items.map(({ version, changed, actor }: any) => [version, changed, actor])).toEqual([
      [4, ['credentials'], 'admin:operator'],
      [3, ['mappings', 'policy'], 'admin:operator'],
      [2, ['mappings'], 'admin:operator'],
    ]);
    const rest = (await call('GET', `connections/${id}/versions?cursor=${list.nextCursor}`)).body;
    expect(rest.items).toHaveLength(1);
    const version = await call('GET', `connections/${id}/versions/2`);
    expect(version.body).toMatchObject({
      version: 2,
      mappings,
      policy: {},
      settings: { baseUrl: app.baseUrl },
    });
    expect(JSON.stringify(version.body)).not.toContain(token);
    const { items } = (await call('GET', `connections/${id}/versions/3/differences`)).body;
    expect(items).toEqual([
      { path: 'mappings.users.attributes[title].source', from: 'title' },
      { path: 'mappings.users.attributes[title].expression', to: '$ToUpper(title)' },
      { path: 'policy.users', to: { delete: false } },
    ]);
    const fromFirst = (await call('GET', `connections/${id}/versions/3/differences?from=1`)).body;
    expect(fromFirst.items.map(({ path }: any) => path)).toContain('mappings.users.attributes[displayName]');

    const restored = await call('POST', `connections/${id}/versions/2/restore`);
    expect(restored.body).toMatchObject({ configVersion: 5, mappings, policy: {} });
    const back = (await call('GET', `connections/${id}/versions/5`)).body;
    expect(back).toMatchObject({ restoredFrom: 2, changed: ['mappings', 'policy'] });
    expect((await call('GET', `connections/${id}/versions/5/differences?from=2`)).body.items).toEqual([]);
    const defaults = await call('POST', `connections/${id}/mappings/restore-defaults`);
    expect(defaults.body).toMatchObject({ configVersion: 6, mappings: null });
    for (const [path, status] of [
      [`connections/${id}/versions/77`, 404],
      [`connections/${id}/versions/first`, 404],
      [`connections/${id}/versions/2/differences?from=x`, 400],
      [`connections/${id}/versions?cursor=x`, 400],
    ] as const) {
      expect((await call('GET', path)).status, path).toBe(status);
    }
    await call('DELETE', `connections/${id}`);
    expect((await call('GET', `connections/${id}/versions`)).status).toBe(404);
  });

  it('tries mappings on a person, a sample and a made-up user, and names what fails', async () => {
    const { id } = (await call('POST', 'connections', given('Tried'))).body;
    const zoe = await scim(
      'POST',
      'Users',
      person('zoe@example.com', {
        name: { givenName: 'Zoë', familyName: 'Ødegård' },
        [enterprise]: { department: 'R&D', employeeNumber: 'soon' },
      }),
    );
    const mappings = users([
      line('displayName', {
        expression:
          '$Join(" ", $NormalizeDiacritics(name.givenName), $ToUpper($Attribute("name.familyName")))',
      }),
      line('title', { expression: '$CStr($CInt($Attribute("employeeNumber")))' }),
      line('nickName', { source: 'nickName', default: 'none' }),
      line('timezone', { source: 'timezone', whenEmpty: 'leave' }),
      line('externalId', { expression: '$SelectUniqueValue("a", $Append("a", id))', apply: 'create' }),
    ]);
    const tried = await call('POST', `connections/${id}/mappings/try`, { userId: zoe.id, mappings });
    expect(tried.status).toBe(200);
    expect(tried.body.ok).toBe(false);
    expect(tried.body.matching).toEqual([{ target: 'userName', value: 'zoe@example.com' }]);
    const by = Object.fromEntries(tried.body.attributes.map((each: any) => [each.target, each]));
    expect(by.displayName.value).toBe('Zoe ØDEGÅRD');
    expect(by.title.error).toMatch(/\$CInt: argument 1 .*"soon"/);
    expect(by.nickName.value).toBe('none');
    expect(by.timezone).toEqual({ target: 'timezone', apply: 'always', left: true });
    expect(by.externalId.candidates).toEqual(['a', `a${zoe.id}`]);
    const sample = {
      userName: 'x',
      name: { givenName: 'É', familyName: 'b' },
      [enterprise]: { employeeNumber: '07' },
    };
    const sampled = await call('POST', `connections/${id}/mappings/try`, { sample, mappings });
    expect(sampled.body.ok).toBe(true);
    expect(sampled.body.attributes.find(({ target }: any) => target === 'title').value).toBe('7');
    const own = await call('POST', `connections/${id}/mappings/try`, {});
    expect(own.body.ok).toBe(true);
    expect(own.body.attributes[0].value).toBe('ada@example.com');
    for (const [body, status, field] of [
      [{ userId: zoe.id, sample }, 400, 'userId'],
      [{ userId: 'x' }, 400, 'userId'],
      [
        { mappings: users([line('title', { expression: '(' })]) },
        400,
        'mappings.users.attributes.2.expression',
      ],
      [{ userId: id }, 404, undefined],
    ] as const) {
      const answer = await call('POST', `connections/${id}/mappings/try`, body);
      expect([answer.status, answer.body.errors?.[0].field]).toEqual([status, field]);
    }
    await call('DELETE', `connections/${id}`);
  });

  it('pushes what expressions make, says what fails for whom, and does the rest for them', async () => {
    const mappings = users([
      line('displayName', { expression: '$Join(" ", name.givenName, name.familyName)' }),
      line('title', {
        expression: '$Switch(userType, "Guest", "Employee", "Staff", "Contractor", "External")',
      }),
      line('nickName', { expression: '$Left(userName, $InStr(userName, "@") - 1)', apply: 'create' }),
      line('timezone', { constant: 'Europe/London' }),
      line(`${enterprise}:department`, { expression: '$PCase($Attribute("department"))' }),
      line(`${enterprise}:costCenter`, { expression: '$CStr($CInt($Attribute("costCenter")))' }),
    ]);
    const { id } = (await call('POST', 'connections', given('Pushed', { mappings }))).body;
    await call('POST', `connections/${id}/enable`);
    const kim = await scim(
      'POST',
      'Users',
      person('kim@example.com', {
        userType: 'Contractor',
        name: { givenName: 'Kim', familyName: 'Lee' },
        [enterprise]: { department: 'LEGAL AFFAIRS', costCenter: '0042' },
      }),
    );
    const account = await waitFor(() => accountNamed('kim@example.com'), { what: 'Kim at the app' });
    expect(account).toMatchObject({
      displayName: 'Kim Lee',
      title: 'External',
      nickName: 'kim',
      timezone: 'Europe/London',
      [enterprise]: { department: 'Legal Affairs', costCenter: '42' },
    });
    await scim('PATCH', `Users/${kim.id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [
        { op: 'replace', path: 'userName', value: 'kim.lee@example.com' },
        { op: 'replace', path: 'userType', value: 'Employee' },
        { op: 'replace', path: `${enterprise}:costCenter`, value: 'none yet' },
      ],
    });
    const letter = await waitFor(
      async () =>
        (await call('GET', `connections/${id}/dead-letters`)).body.items.find(
          ({ subject }: any) => subject.id === kim.id,
        ),
      { what: 'the failing mapping to be told' },
    );
    expect(letter.error).toMatchObject({ code: 'mapping-failed', attribute: `${enterprise}:costCenter` });
    expect(letter.error.message).toMatch(/\$CInt: argument 1 .*"none yet"/);
    expect(accountNamed('kim.lee@example.com')).toMatchObject({
      title: 'Staff',
      nickName: 'kim',
      [enterprise]: { costCenter: '42' },
    });
    await call('DELETE', `connections/${id}`);
  });

  it('finds an account by an expression and adopts it; a protected one is left alone', async () => {
    for (const [userName, title] of [
      ['E-0815', 'old'],
      ['svc-backup', 'service'],
      ['svc-known', 'service'],
    ]) {
      await fetch(`${app.baseUrl}/Users`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
        body: JSON.stringify(person(userName!, { title })),
      });
    }
    const matching = [
      { expression: '$Append("E-", $Attribute("employeeNumber"))', target: 'userName' },
      { source: 'userName', target: 'userName' },
    ];
    const mappings = users([line('title', { source: 'title' })], matching);
    const policy = {
      protected: [{ attribute: 'userName', pattern: 'SVC-*' }, { remoteId: accountNamed('svc-known').id }],
    };
    const { id } = (await call('POST', 'connections', given('Matched', { mappings, policy }))).body;
    await call('POST', `connections/${id}/enable`);
    const mine = { title: 'new', [enterprise]: { employeeNumber: '0815' } };
    const found = await scim('POST', 'Users', person('found@example.com', mine));
    const backup = await scim('POST', 'Users', person('svc-backup', { title: 'mine now' }));
    const newOne = await scim('POST', 'Users', person('svc-new', { title: 'made up' }));
    await waitFor(() => accountNamed('found@example.com')?.title === 'new', {
      what: 'the account to be adopted',
    });
    const skipped = await waitFor(
      async () => {
        const { items } = (await call('GET', `reports/provisioning?connection=${id}&status=skipped`)).body;
        const ids = items.map(({ subject }: any) => subject.id);
        return ids.includes(backup.id) && ids.includes(newOne.id) && items;
      },
      { what: 'the protected ones in the report' },
    );
    const why = (subjectId: string) => skipped.find(({ subject }: any) => subject.id === subjectId);
    expect(why(backup.id)).toMatchObject({ action: 'adopt', reason: expect.stringContaining('protected') });
    expect(why(newOne.id)).toMatchObject({ action: 'create', reason: expect.stringContaining('protected') });
    expect(accountNamed('svc-backup').title).toBe('service');
    expect(accountNamed('svc-new')).toBeUndefined();
    const { items } = (await call('GET', `users/${found.id}/targets`)).body;
    expect(items[0]).toMatchObject({ state: 'active' });
    await call('DELETE', `connections/${id}`);
  });

  it('takes the first value that nobody has at the app, and keeps it', async () => {
    await fetch(`${app.baseUrl}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify(person('jsmith')),
    });
    const unique = {
      target: 'userName',
      apply: 'create',
      expression: `( $base := $ToLower($Append($Left(name.givenName, 1), name.familyName));
        $SelectUniqueValue($base, [2..9].($base & $string($))) )`,
    };
    const attributes = [
      unique,
      line('externalId', { source: 'externalId' }),
      line('active', { source: 'active' }),
    ];
    const mappings = {
      users: { matching: [{ source: 'externalId', target: 'externalId' }], attributes },
    };
    const { id } = (
      await call('POST', 'connections', given('Unique', { mappings, scope: { rule: 'userType eq "Smith"' } }))
    ).body;
    await call('POST', `connections/${id}/enable`);
    const smith = (externalId: string, givenName: string) =>
      scim(
        'POST',
        'Users',
        person(`${externalId}@example.com`, {
          externalId,
          userType: 'Smith',
          name: { givenName, familyName: 'Smith' },
        }),
      );
    const john = await smith('s1', 'John');
    await waitFor(() => accountNamed('jsmith2')?.externalId === 's1', { what: 'John as jsmith2' });
    await smith('s2', 'Jane');
    await waitFor(() => accountNamed('jsmith3')?.externalId === 's2', { what: 'Jane as jsmith3' });
    await scim('PATCH', `Users/${john.id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    });
    await waitFor(() => accountNamed('jsmith2')?.active === false, { what: 'John to lose access' });
    await call('DELETE', `connections/${id}`);
  });

  it('knows the attributes of the tenant’s own schemas', async () => {
    const contoso = 'urn:contoso:2.0:User';
    const mappings = users([
      line('title', { source: 'badgeNumber' }),
      line('nickName', { expression: '$Append("B-", $Attribute("badgeNumber"))' }),
    ]);
    const scope = { rule: 'badgeNumber sw "7"' };
    const before = await call('POST', 'connections', given('Badges', { mappings }));
    expect(before.body.errors.map(({ field }: any) => field)).toEqual([
      'mappings.users.attributes.2.source',
      'mappings.users.attributes.3.expression',
    ]);
    await call('POST', 'schemas', { id: contoso, attributes: [{ name: 'badgeNumber' }] });
    const { id } = (await call('POST', 'connections', given('Badges', { mappings, scope }))).body;
    await call('POST', `connections/${id}/enable`);
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User', contoso];
    await scim('POST', 'Users', { ...person('bea@example.com'), schemas, [contoso]: { badgeNumber: '701' } });
    const account = await waitFor(() => accountNamed('bea@example.com'), { what: 'Bea at the app' });
    expect(account).toMatchObject({ title: '701', nickName: 'B-701' });
    await call('DELETE', `connections/${id}`);
  });

  it('exports a connection, and imported elsewhere it does the same', async () => {
    const team = await scim('POST', 'Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Team Lima',
    });
    const lima = await scim('POST', 'Users', person('lima@example.com', { title: 'pilot' }));
    await scim('PATCH', `Groups/${team.id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'add', path: 'members', value: [{ value: lima.id }] }],
    });
    const mappings = users([
      line('title', { expression: '$ToUpper(title)' }),
      line('nickName', { constant: 'x' }),
    ]);
    const scope = { groups: [team.id] };
    const policy = { users: { delete: false } };
    const one = (await call('POST', 'connections', given('One', { mappings, scope, policy }))).body;
    const file = (await call('GET', `connections/${one.id}/export`)).body;
    expect(file).toMatchObject({
      format: 'rollcall/connection',
      formatVersion: 1,
      name: 'One',
      scope: { groups: [{ id: team.id, displayName: 'Team Lima' }] },
    });
    expect(JSON.stringify(file)).not.toContain(token);

    const moved = {
      ...file,
      name: 'Two',
      settings: { baseUrl: other.baseUrl },
      scope: { groups: [{ id: '00000000-0000-4000-8000-000000000001', displayName: 'team lima' }] },
    };
    const credentials = { type: 'bearer', token };
    const two = await call('POST', 'connections/import', { ...moved, credentials });
    expect([two.status, two.body.scope, two.body.state]).toEqual([201, scope, 'disabled']);
    for (const id of [one.id, two.body.id]) await call('POST', `connections/${id}/enable`);
    for (const id of [one.id, two.body.id]) await settled(id);
    const shown = ({ userName, title, nickName, active }: any) => ({ userName, title, nickName, active });
    const lima1 = await waitFor(() => accountNamed('lima@example.com'), { what: 'Lima at the first app' });
    const lima2 = await waitFor(() => accountNamed('lima@example.com', other), {
      what: 'Lima at the second',
    });
    expect(shown(lima2)).toEqual(shown(lima1));
    expect(shown(lima1)).toEqual({
      userName: 'lima@example.com',
      title: 'PILOT',
      nickName: 'x',
      active: true,
    });

    const replaced = await call('PUT', `connections/${two.body.id}/import`, { ...file, policy: {} });
    expect(replaced.body).toMatchObject({ name: 'Two', policy: {}, settings: { baseUrl: app.baseUrl } });
    const defaults = (await call('POST', 'connections', given('Own'))).body;
    expect(
      (await call('GET', `connections/${defaults.id}/export`)).body.mappings.users.attributes.length,
    ).toBeGreaterThan(10);
    const whole = (await call('GET', `connections/${defaults.id}/export`)).body;
    const copied = await call('POST', 'connections/import', { ...whole, name: 'Copy', credentials });
    expect([copied.status, copied.body.warnings]).toEqual([201, []]);
    for (const [body, field] of [
      [{ ...moved, format: 'other' }, 'format'],
      [{ ...moved, formatVersion: 2 }, 'formatVersion'],
      [{ ...moved, mappings: undefined }, 'mappings'],
      [{ ...moved, colour: 'red' }, 'colour'],
      [{ ...moved, scope: { groups: [{ displayName: 'No such' }] } }, 'scope.groups.0'],
      [
        { ...moved, mappings: users([line('title', { expression: '(' })]) },
        'mappings.users.attributes.2.expression',
      ],
    ] as const) {
      const answer = await call('POST', 'connections/import', { ...body, credentials });
      expect([answer.status, answer.body.errors?.[0].field], field).toEqual([400, field]);
    }
    const elsewhere = await call('PUT', `connections/${one.id}/import`, { ...file, connector: 'ldap' });
    expect(elsewhere.body.errors[0].field).toBe('connector');
  });
});
