import { AsyncLocalStorage } from 'node:async_hooks';
import { random } from '../sizes.js';

/** A process of the hub, or somebody beside it. What it waits for is let through by the world alone. */
export interface Actor {
  name: string;
  world: World;
  /** False: crashed. Nothing it waits for ever comes. */
  alive: boolean;
  /** Whether faults happen to it. */
  faulty: boolean;
}

interface Step {
  label: string;
  actor: Actor;
  perform(): Promise<void>;
}

interface Timer {
  id: number;
  at: number;
  every?: number;
  actor: Actor;
  fire(): void;
}

const real = {
  Date,
  setTimeout,
  setInterval,
  setImmediate,
  clearTimeout,
  clearInterval,
};
const acting = new AsyncLocalStorage<Actor>();
const epoch = real.Date.UTC(2040, 0, 1);

/**
 * One history: everything that its actors wait for (statements, calls, jobs, timers) stands in a list, and a seed
 * draws what comes next and what becomes of it. Nothing else decides, so a seed gives the same history each time.
 */
export class World {
  now = epoch;
  /** Faults happen. */
  faulty = true;
  /** How much later than it was to be comes what is done every few seconds. */
  slack = 1;
  readonly trace: string[] = [];
  /** Other things that can happen next, beside what actors wait for. */
  readonly possible: (() => { label: string; happen(): void }[])[] = [];
  private steps: Step[] = [];
  private timers: Timer[] = [];
  private chores: Promise<unknown>[] = [];
  private lastTimer = 0;
  readonly draw: () => number;

  constructor(seed: number) {
    this.draw = random(seed * 7919 + 17);
  }

  chance(probability: number): boolean {
    return this.draw() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.draw() * choices.length)]!;
  }

  uuid(): string {
    const hex = Array.from({ length: 32 }, () => Math.floor(this.draw() * 16).toString(16)).join('');
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
  }

  actor(name: string, faulty: boolean): Actor {
    return { name, world: this, alive: true, faulty };
  }

  act<T>(actor: Actor, work: () => T): T {
    return acting.run(actor, work);
  }

  /** Waits for its turn; nothing else happens while it is under way. */
  step<T>(label: string, work: () => T | Promise<T>): Promise<T> {
    const actor = acting.getStore()!;
    return new Promise((resolve, reject) => {
      const perform = async () => {
        try {
          const result = await acting.run(actor, work);
          if (actor.alive) resolve(result);
        } catch (error) {
          if (actor.alive) reject(error as Error);
        }
      };
      if (actor.alive) this.steps.push({ label, actor, perform });
    });
  }

  /** Must be over before anything else happens. */
  chore(work: Promise<unknown>): void {
    this.chores.push(work);
  }

  at(delayMs: number, fire: () => void, actor: Actor, every?: number): number {
    const id = ++this.lastTimer;
    this.timers.push({
      id,
      at: this.now + Math.max(0, Math.round(delayMs)),
      actor,
      fire,
      ...(every !== undefined && { every }),
    });
    return id;
  }

  forget(id: number): void {
    this.timers = this.timers.filter((timer) => timer.id !== id);
  }

  /** Its last call may still go through, unheard. */
  async crash(actor: Actor): Promise<void> {
    this.tell(`${actor.name} is killed`);
    const waiting = this.steps.filter((step) => step.actor === actor);
    this.steps = this.steps.filter((step) => step.actor !== actor);
    this.timers = this.timers.filter((timer) => timer.actor !== actor);
    const last = waiting.filter(({ label }) => !label.startsWith('job')).at(-1);
    actor.alive = false;
    if (last && this.chance(0.5)) await last.perform();
  }

  get idle(): boolean {
    return this.steps.length === 0;
  }

  /** The next thing. False: nothing will ever happen again. */
  async next(): Promise<boolean> {
    await settled();
    await Promise.all(this.chores.splice(0));
    const others = this.possible.flatMap((choices) => choices());
    const due = this.nextTimer();
    const count = this.steps.length + others.length;
    if (count > 0 && !(due && this.hurries(due.at - this.now))) {
      const drawn = Math.floor(this.draw() * count);
      if (drawn < this.steps.length) {
        const [step] = this.steps.splice(drawn, 1);
        this.tell(`${step!.actor.name}: ${step!.label}`);
        await step!.perform();
      } else {
        const other = others[drawn - this.steps.length]!;
        this.tell(other.label);
        other.happen();
      }
      return true;
    }
    if (!due) return false;
    this.now = Math.max(this.now, due.at);
    if (due.every === undefined) this.forget(due.id);
    // A busy process comes late to what it does every second.
    else due.at = this.now + due.every * this.slack * (2 + Math.floor(this.draw() * 8));
    this.tell(`${due.actor.name}: timer`);
    acting.run(due.actor, due.fire);
    return true;
  }

  /** Whether time goes on although something else could happen. */
  private hurries(waitMs: number): boolean {
    return this.chance(waitMs <= 10 ? 0.3 : waitMs <= 3_000 && this.faulty ? 0.04 : 0);
  }

  /** What has happened is over. */
  async end(): Promise<void> {
    await Promise.all(this.chores.splice(0));
  }

  tell(what: string): void {
    this.trace.push(`${String(this.now - epoch).padStart(7)} ${what}`);
  }

  private nextTimer(): Timer | undefined {
    return this.timers.reduce<Timer | undefined>(
      (first, timer) => (!first || timer.at < first.at ? timer : first),
      undefined,
    );
  }
}

/** Outside of every history: for what really takes time. */
export function inEarnest<T>(work: () => T): T {
  return acting.exit(work);
}

function sleepInWorld(ms: number): Promise<void> | undefined {
  const actor = acting.getStore();
  if (!actor) return undefined;
  return new Promise((resolve) => {
    if (actor.alive) actor.world.at(ms, resolve, actor);
  });
}

export function currentActor(): Actor {
  return acting.getStore()!;
}

const settled = () => new Promise((resolve) => real.setImmediate(resolve));

/** node:timers/promises for histories. */
export function bentTimers(timers: typeof import('node:timers/promises')) {
  return {
    ...timers,
    setTimeout: (ms?: number, ...rest: []) => sleepInWorld(ms ?? 0) ?? timers.setTimeout(ms, ...rest),
    setImmediate: (...rest: []) => sleepInWorld(0) ?? timers.setImmediate(...rest),
  };
}

/** node:crypto for histories: what is drawn for its own sake, and not what seals. */
export function bentCrypto(crypto: typeof import('node:crypto')) {
  return {
    ...crypto,
    randomInt: (from: number, to: number) => {
      const world = acting.getStore()?.world;
      return world ? from + Math.floor(world.draw() * (to - from)) : crypto.randomInt(from, to);
    },
    randomUUID: () => acting.getStore()?.world.uuid() ?? crypto.randomUUID(),
  };
}

class WorldTimer {
  constructor(
    readonly actor: Actor,
    readonly id: number,
  ) {}
  unref = () => this;
  ref = () => this;
  hasRef = () => true;
  [Symbol.toPrimitive] = () => this.id;
}

/** Clock, timers and chance are those of the history that asks; outside of histories they are as ever. */
export function bendTime(): () => void {
  const now = () => acting.getStore()?.world.now ?? real.Date.now();
  globalThis.Date = new Proxy(real.Date, {
    construct: (target, given, as) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, as) as object,
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
  const timer =
    (original: typeof setTimeout | typeof setInterval, again: boolean) =>
    (fire: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
      const actor = acting.getStore();
      if (!actor) return original(fire, ms, ...given);
      const id = actor.alive ? actor.world.at(ms, () => fire(...given), actor, again ? ms : undefined) : 0;
      return new WorldTimer(actor, id);
    };
  const clear = (original: (which: never) => void) => (which: unknown) =>
    which instanceof WorldTimer ? which.actor.world.forget(which.id) : original(which as never);
  const { random: chance } = Math;
  Object.assign(globalThis, {
    setTimeout: timer(real.setTimeout, false),
    setInterval: timer(real.setInterval as never, true),
    clearTimeout: clear(real.clearTimeout as never),
    clearInterval: clear(real.clearInterval as never),
  });
  Math.random = () => acting.getStore()?.world.draw() ?? chance();
  return () => {
    Object.assign(globalThis, real);
    Math.random = chance;
  };
}
