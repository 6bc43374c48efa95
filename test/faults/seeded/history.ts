import type { Mappings } from '@rollcall/connectors';
import { EventStore, Subscriptions } from '@rollcall/event-store';
import { operationsProjection, retry } from '@rollcall/provisioning';
import { directoryProjection } from '@rollcall/read-model';
import { DirectoryStory } from './directory-story.js';
import { judgeEnd } from './judge-end.js';
import { type HubProcess, hubProcess } from './hub-process.js';
import type { Lane } from './lane.js';
import { SeededDatabase } from './seeded-database.js';
import { Carrier } from './seeded-queues.js';
import { type Account, byExternalId, mappings, SeededTarget } from './seeded-target.js';
import { type Actor, World } from './world.js';

export interface Ended {
  wrongs: string[];
  trace: string[];
}

const mostMoments = 8_000;

/** A short history of a tenant and one connection under one seed, until all is quiet. */
export class SeededHistory {
  private readonly world: World;
  private readonly story: DirectoryStory;
  private readonly target: SeededTarget;
  private readonly carrier: Carrier;
  private readonly processes: HubProcess[] = [];
  private readonly strangers: Account[] = [];
  private readonly intensity: number;
  private readonly onDeletedAtSource: 'deactivate' | 'delete' | 'keep';
  private readonly mappings: Mappings;
  private readonly source: Actor;
  private readonly database: SeededDatabase;
  private readonly events: EventStore;
  private readonly subscriptions: Subscriptions;
  private scriptOver = false;
  private started = 0;

  constructor(
    private readonly lane: Lane,
    seed: number,
  ) {
    const world = new World(seed);
    this.world = world;
    this.intensity = world.pick([0.01, 0.03, 0.03, 0.08]);
    this.onDeletedAtSource = world.pick(['deactivate', 'delete', 'delete', 'keep'] as const);
    const unique = world.chance(0.5);
    this.story = new DirectoryStory(world, world.chance(0.5), !unique);
    // By its name an account whose making was not answered would be taken for that of whoever has the name now.
    this.mappings = unique ? mappings : byExternalId;
    this.carrier = new Carrier(world, this.intensity);
    this.target = new SeededTarget(world, {
      intensity: this.intensity * 2,
      unique,
      judge: (operation, type, about) => this.judge(operation, type, about),
    });
    this.source = world.actor('source', false);
    this.database = this.databaseOf(this.source);
    this.events = new EventStore(this.database.asDatabase, lane.keyring);
    this.subscriptions = new Subscriptions(this.database.asDatabase, this.events);
  }

  async run(): Promise<Ended> {
    const { world } = this;
    const scope = this.story.scoped ? { rule: 'userType eq "Employee"' } : {};
    const users = { onDeletedAtSource: this.onDeletedAtSource, deleteAfterHours: 0 };
    await this.lane.begin(scope, { users, push: { attempts: 4, concurrency: 3 } }, this.mappings);
    this.strangersMoveIn();
    this.startProcess();
    if (world.chance(0.4)) this.startProcess();
    world.act(this.source, () => void this.script());
    await this.untilQuiet();
    const wrongs = [...this.target.wrongs, ...(await this.judgeRest())];
    for (const { actor } of this.processes) await this.kill(actor);
    await world.end();
    return { wrongs, trace: world.trace };
  }

  /** What happens at the source and to the processes, a few seconds between each. */
  private async script(): Promise<void> {
    const { world } = this;
    for (let left = 6 + Math.floor(world.draw() * 8); left > 0; left -= 1) {
      if (world.chance(0.5)) await this.pause(world.draw() * 4_000);
      const appends = this.story.next();
      for (const append of appends) {
        const metadata = { source: 'test', actor: 'test', correlation: 'test' };
        await this.events.append(this.lane.tenantId, { ...append, expected: 'any', metadata });
      }
      if (world.chance(0.8)) {
        await this.subscriptions.catchUp(this.lane.tenantId, directoryProjection);
        const awake = this.processes.filter(({ actor }) => actor.alive);
        if (awake.length > 0) {
          const { actor, engine } = world.pick(awake);
          world.act(actor, () => engine.pokeDispatch(this.lane.tenantId));
        }
      }
      if (world.chance(this.intensity * 4)) await this.strike();
    }
    await this.pause(world.draw() * 5_000);
    world.faulty = false;
    if (!this.processes.some(({ actor }) => actor.alive)) this.startProcess();
    this.scriptOver = true;
  }

  private async strike(): Promise<void> {
    const { world } = this;
    const victim = world.pick(this.processes);
    switch (world.pick(['kill', 'kill', 'stop', 'lease', 'flush', 'save'] as const)) {
      case 'kill':
        if (victim.actor.alive) world.chore(this.kill(victim.actor));
        await this.pause(world.draw() * 3_000);
        this.startProcess();
        break;
      case 'stop':
        if (!victim.actor.alive) break;
        world.tell(`${victim.actor.name} is stopped`);
        this.processes.splice(this.processes.indexOf(victim), 1);
        world.act(victim.actor, () => void victim.engine.stop());
        this.startProcess();
        break;
      case 'lease':
        world.tell(`${victim.actor.name} loses its session`);
        for (const lease of victim.database.leases) lease.lose();
        break;
      case 'flush':
        this.carrier.flush();
        break;
      case 'save':
        await this.database.query(
          `update hub.connection set config_version = config_version + 1, resync_requested = resync_requested + 1,
             failures = 0, not_before = null, state = 'enabled'`,
        );
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.world.at(ms, resolve, this.source));
  }

  private startProcess(): void {
    const { world } = this;
    const process = hubProcess(world, this.lane, this.carrier, `hub${++this.started}`, this.intensity);
    const { actor, engine } = process;
    this.processes.push(process);
    const begin = (): Promise<void> =>
      engine.start().catch(() => {
        // A process that cannot start ends, and is started again.
        world.tell(`${actor.name} cannot start`);
        world.at(1_000, () => this.replace(process), this.source);
      });
    world.act(actor, () => void begin());
  }

  private replace(process: HubProcess): void {
    if (!process.actor.alive || !this.processes.includes(process)) return;
    this.world.chore(this.kill(process.actor));
    this.startProcess();
  }

  private async kill(actor: Actor): Promise<void> {
    if (!actor.alive) return;
    await this.world.crash(actor);
    this.carrier.forgetActor(actor);
    this.target.forgetActor(actor);
    const process = this.processes.find((each) => each.actor === actor);
    for (const lease of process?.database.leases ?? []) lease.release();
  }

  private databaseOf(actor: Actor): SeededDatabase {
    return new SeededDatabase(this.lane, this.world, actor, this.intensity);
  }

  /** Accounts that were at the target before: of nobody, and, with some luck, of somebody to come. */
  private strangersMoveIn(): void {
    const stranger = (userName: string): Account => {
      const account = {
        id: this.world.uuid(),
        attributes: { userName, title: 'old', active: true },
        members: new Set<string>(),
      };
      this.target.users.set(account.id, account);
      return account;
    };
    if (this.world.chance(0.3)) stranger('user1@example.com');
    const { id, attributes } = stranger('stranger@example.com');
    this.strangers.push({ id, attributes: { ...attributes }, members: new Set() });
  }

  private async untilQuiet(): Promise<void> {
    const { world } = this;
    let retried = false;
    let askedAt = 0;
    for (let moments = 0; moments < mostMoments; moments += 1) {
      if (this.scriptOver && world.idle && world.now - askedAt >= 200) {
        askedAt = world.now;
        const { open, dead } = await this.left();
        if (open === 0 && (dead === 0 || retried)) return;
        if (open === 0) {
          // A person has everything tried again that was given up while the target went wrong.
          retried = true;
          const database = this.database.asDatabase;
          const { tenantId, connectionId } = this.lane;
          const queues = this.carrier.of(this.source);
          world.act(this.source, () => void retry(database, queues, tenantId, connectionId));
        }
      }
      if (!(await world.next())) break;
    }
    this.target.wrongs.push(`it does not come to rest: ${JSON.stringify(await this.items())}`);
  }

  private async left(): Promise<{ open: number; dead: number }> {
    const [row] = await this.ask<{ open: number; dead: number }>(
      `select count(*) filter (where state not in ('idle', 'dead'))::int + (
           select count(*)::int from hub.connection where resync_done < resync_requested or state <> 'enabled') + (
           select count(*)::int from hub.tenant_counter c where c.position > least(
             coalesce((select position from hub.checkpoint where subscriber = 'directory'), 0),
             coalesce((select position from hub.checkpoint where subscriber = 'dispatch'), 0))
             and exists (select from hub.event e where e.stream_type in ('user', 'group') and e.position > least(
             coalesce((select position from hub.checkpoint where subscriber = 'directory'), 0),
             coalesce((select position from hub.checkpoint where subscriber = 'dispatch'), 0)))) as open,
         count(*) filter (where state = 'dead')::int as dead
       from hub.work_item`,
    );
    return row!;
  }

  private items(): Promise<{ state: string; last_error: unknown }[]> {
    return this.ask(
      `select subject_id, state, attempts, due_at, lease_owner, handed_until, last_error from hub.work_item
       where state <> 'idle' or lease_owner is not null`,
    );
  }

  private async judgeRest(): Promise<string[]> {
    const { story, target, strangers } = this;
    const made = await this.ask<{ id: string }>(
      `select remote_id as id from hub.target_object where subject_type = 'group' and origin = 'created'`,
    );
    const madeGroups = new Set(made.map(({ id }) => id));
    const wrongs = judgeEnd(story, target, strangers, this.onDeletedAtSource, madeGroups);
    for (const item of await this.items()) wrongs.push(`an item is not at rest: ${JSON.stringify(item)}`);
    wrongs.push(...(await this.reportedOnce()), ...(await this.rememberedRight()));
    return wrongs;
  }

  /** Each operation in the log is one line of the report, and no account was made twice. */
  private async reportedOnce(): Promise<string[]> {
    await this.inWorld(() => this.subscriptions.catchUp(this.lane.tenantId, operationsProjection));
    const rows = await this.ask<{ id: string; status: string }>('select id, status from hub.operation');
    const all = await this.inWorld(() => this.events.readAll(this.lane.tenantId, 0, 100_000));
    const recorded = new Map<string, string[]>();
    const created: string[] = [];
    for (const { streamType, type, payload } of all) {
      if (streamType !== 'target-object') continue;
      const { operationId, action, remoteId } = payload as {
        operationId: string;
        action: string;
        remoteId: string;
      };
      recorded.set(operationId, [...(recorded.get(operationId) ?? []), type.slice('operation.'.length)]);
      if (type === 'operation.succeeded' && action === 'create') created.push(remoteId);
    }
    const differ = rows.filter(({ id, status }) => recorded.get(id)?.at(-1) !== status);
    const after = [...recorded.values()].filter((ends) =>
      ends.slice(0, -1).some((end) => end !== 'retrying'),
    );
    const open = rows.filter(({ status }) => status === 'retrying');
    return [
      ...(recorded.size === rows.length ? [] : [`${recorded.size} operations, ${rows.length} in the report`]),
      ...differ.map(({ id }) => `the report says otherwise than the log of ${id}`),
      ...after.map((ends) => `an operation went on after its end: ${ends.join(', ')}`),
      ...open.map(({ id }) => `the report still says of ${id} that it is being retried`),
      ...(new Set(created).size === created.length ? [] : ['one account was reported as created twice']),
    ];
  }

  /** What the hub believes to have written is what is there. */
  private async rememberedRight(): Promise<string[]> {
    const rows = await this.ask<{
      type: 'user' | 'group';
      remoteId: string;
      written: Record<string, unknown>;
    }>(
      `select subject_type as type, remote_id as "remoteId", written from hub.target_object
       where state in ('active', 'inactive')`,
    );
    return rows.flatMap(({ type, remoteId, written }) => {
      const there = this.target.store(type).get(remoteId)?.attributes;
      const differs = Object.entries(written).some(([name, value]) => there?.[name] !== value);
      return differs ? [`believed ${JSON.stringify(written)}, there is ${JSON.stringify(there)}`] : [];
    });
  }

  private judge(
    operation: string,
    type: 'user' | 'group',
    about: Record<string, unknown>,
  ): string | undefined {
    const named = ({ externalId }: { externalId: string }) => externalId === about.externalId;
    if (operation === 'create') {
      const there = [...this.target.store(type).values()].some(
        ({ attributes }) => attributes.externalId === about.externalId,
      );
      return there ? `a second ${type} is made for ${String(about.externalId)}` : undefined;
    }
    if (operation !== 'delete') return undefined;
    const leaver = this.story.people.some(({ deleted, userName }) => deleted && userName === about.userName);
    const person = this.story.people.find(named);
    const asked =
      type === 'user'
        ? (person?.deleted || leaver) && this.onDeletedAtSource === 'delete'
        : this.story.teams.find(named)?.deleted;
    return asked ? undefined : `${type} ${String(about.externalId)} is deleted, which nobody asked for`;
  }

  private async ask<T>(text: string): Promise<T[]> {
    const client = await this.lane.client();
    const { rows } = await this.lane.query<T>(client, this.world.now, text as never);
    this.lane.putBack(client);
    return rows;
  }

  /** Asked at the end, when nothing else happens. */
  private async inWorld<T>(work: () => Promise<T>): Promise<T> {
    let result: { value: T } | undefined;
    this.world.act(this.source, () => void work().then((value) => (result = { value })));
    while (!result) await this.world.next();
    return result.value;
  }
}
