import { isDeepStrictEqual } from 'node:util';
import type { Connector, Outcome, RemoteObject } from '../contract.js';
import type { Behaviour } from './behaviour.js';
import type { Fault } from './fault-proxy.js';
import { drawFaults } from './fault-schedule.js';
import { expect, expectKind, ok, type Stage, told } from './stage.js';
import type { TargetUnderTest } from './target-under-test.js';

/** Some protocols greet each other at length. */
const mostExchanges = 40;
const patience = ({ target }: Stage): number => target.patienceMs ?? 400;

const writesNothing = ({ capabilities }: TargetUnderTest) =>
  capabilities.create || capabilities.update ? undefined : 'nothing can be written there';
const cannotFail = (target: TargetUnderTest) =>
  writesNothing(target) ?? (target.offNetwork ? 'there is no network in between' : undefined);

/** Answers that get lost, servers that are slow, busy or gone, credentials that are refused. */
export const troubleBehaviours: Behaviour[] = [
  {
    id: 'plan',
    title: 'plan mode tells the calls and sends nothing that writes',
    skip: writesNothing,
    async show(stage) {
      const connector = stage.connect();
      const { target } = stage;
      const name = stage.name();
      const { id } = await stage.newUser(connector);
      const sent = stage.proxy.bytesFromClient;
      const plan = stage.context('plan');
      const outcomes = [await connector.update('user', id, [stage.change()], plan)] as Outcome<unknown>[];
      if (target.capabilities.create) outcomes.push(await connector.create('user', target.user(name), plan));
      if (target.capabilities.delete) outcomes.push(await connector.delete('user', id, plan));
      if (target.capabilities.members.addRemove)
        outcomes.push(
          await connector.members(target.absentId, { add: [{ id, type: 'user' }], remove: [] }, plan),
        );
      for (const outcome of outcomes) {
        expectKind(outcome, ['planned'], 'plan mode');
        expect((outcome.calls ?? []).length > 0, 'a plan names no calls');
      }
      expect(stage.proxy.bytesFromClient === sent, 'plan mode has sent something');
    },
  },
  lostAnswer('lost-before', 'a request that is lost on its way', { action: 'cut', when: 'before' }),
  lostAnswer('lost-after', 'an answer that is lost: found again and adopted, never made twice', {
    action: 'cut',
    when: 'after',
  }),
  lostAnswer('half-answer', 'an answer that is cut in half', { action: 'half', when: 'after' }),
  lostAnswer('timeout-before', 'no answer in time, and nothing was done', {
    action: 'stall',
    when: 'before',
  }),
  lostAnswer('timeout-after', 'no answer in time, and it was done', { action: 'stall', when: 'after' }),
  {
    id: 'storm',
    title: 'a seeded storm of lost requests and answers leaves each account once',
    skip: cannotFail,
    async show(stage) {
      const connector = stage.connect({ timeoutMs: patience(stage) });
      for (const fault of drawFaults(7, 12)) {
        const name = stage.name('storm');
        stage.proxy.set(fault);
        if (stage.target.seedUser) await changeAsTheEngineDoes(stage, connector, name);
        else await createAsTheEngineDoes(stage, connector, name);
        stage.proxy.set(undefined);
        expect((await stage.find(connector, 'user', name)).length === 1, `${name} is not there once`);
      }
    },
  },
  {
    id: 'down',
    title: 'a server that is down stops the connection, nothing is taken for done, and it goes on after',
    skip: cannotFail,
    async show(stage) {
      const connector = stage.connect();
      expectKind(await stage.write(connector, stage.name()), ['ok'], 'a write before');
      await stage.proxy.goDown();
      // The first may go out on a connection of which the end has not come to be known.
      await connector.find('user', { attribute: stage.target.userKey, value: stage.name() });
      const outcome = await stage.write(connector, stage.name());
      expect(
        outcome.kind === 'retry' && outcome.scope === 'connection' && !outcome.maybeDone,
        `it answered ${told(outcome)} instead of retry of the connection`,
      );
      await stage.proxy.comeBack();
      expectKind(await stage.write(connector, stage.name()), ['ok'], 'a write after');
    },
  },
  {
    id: 'slow',
    title: 'a slow server is waited for',
    skip: cannotFail,
    async show(stage) {
      stage.proxy.latencyMs = 60;
      expectKind(await stage.write(stage.connect(), stage.name()), ['ok'], 'a write');
    },
  },
  {
    id: 'throttling',
    title: 'a target that slows clients down makes the connection wait as long as it says',
    skip: (target) =>
      writesNothing(target) ?? (target.throttling?.length ? undefined : 'the server cannot be made to do it'),
    async show(stage) {
      for (const { form, afterMs, begin } of stage.target.throttling!) {
        const connector = stage.connect();
        const end = await begin();
        try {
          const outcome = await stage.write(connector, stage.name());
          expect(
            outcome.kind === 'retry' && outcome.scope === 'connection',
            `${form}: it answered ${told(outcome)} instead of retry of the connection`,
          );
          const told_ = outcome.afterMs;
          if (afterMs) {
            const right = told_ !== undefined && told_ >= afterMs[0] && told_ <= afterMs[1];
            expect(right, `${form}: told to wait ${told_} ms`);
          } else {
            expect(told_ === undefined, `${form}: made up a wait of ${told_} ms`);
          }
        } finally {
          await end();
        }
      }
    },
  },
  {
    id: 'wrong-credentials',
    title: 'refused credentials stop the connection, and the test says at which step',
    skip: ({ otherCredentials }) =>
      otherCredentials.includes('wrong') ? undefined : 'the target asks for no credentials',
    async show(stage) {
      const connector = stage.connect({ credentials: 'wrong' });
      if (!writesNothing(stage.target))
        expectKind(await stage.write(connector, stage.name()), ['denied'], 'a write');
      expectKind(
        await connector.find('user', { attribute: stage.target.userKey, value: 'anybody' }),
        ['denied'],
        'find',
      );
      const { ok: good, steps } = await connector.test();
      const failed = steps.find(({ status }) => status === 'failed');
      expect(!good && failed?.step === 'authenticate', `the test failed at ${failed?.step ?? 'no step'}`);
      expect((failed.remedy ?? '') !== '', 'the test gives no remedy');
    },
  },
  {
    id: 'missing-rights',
    title: 'missing rights stop the connection',
    skip: (target) =>
      writesNothing(target) ??
      (target.otherCredentials.includes('without-rights') ? undefined : 'the target knows no lesser rights'),
    async show(stage) {
      const connector = stage.connect({ credentials: 'without-rights' });
      expectKind(await stage.write(connector, stage.name()), ['denied'], 'a write');
    },
  },
  {
    id: 'stop',
    title: 'a call that the hub stops ends at once',
    skip: cannotFail,
    async show(stage) {
      const connector = stage.connect();
      expectKind(await stage.write(connector, stage.name()), ['ok'], 'a write before');
      stage.proxy.set({ action: 'stall', when: 'after', at: 0 });
      const stop = new AbortController();
      const call = stage.write(connector, stage.name(), stop.signal);
      while (!stage.proxy.hit) await new Promise(setImmediate);
      stop.abort();
      expectKind(await call, ['retry'], 'the call');
    },
  },
  {
    id: 'test',
    title: 'the test of a good connection passes step by step',
    async show(stage) {
      const { ok: good, steps } = await stage.connect().test();
      const failed = steps.find(({ status }) => status === 'failed');
      expect(good, `${failed?.step}: ${failed?.message}`);
      expect(steps.length > 3, 'the test has hardly a step');
    },
  },
  {
    id: 'discover',
    title: 'tells attributes and limits',
    async show(stage) {
      const { objectTypes } = ok(await stage.connect().discover(), 'discover');
      const user = objectTypes.find(({ type }) => type === 'user');
      expect(user !== undefined && user.attributes.length > 0, 'accounts have no attributes');
    },
  },
];

/**
 * The fault comes at each exchange of a creation (of a change, where nothing can be made) in turn, until one takes
 * place without it: with a connector that has just been opened, and with one that has worked before.
 */
function lostAnswer(id: string, title: string, fault: Omit<Fault, 'at'>): Behaviour {
  return {
    id,
    title,
    skip: cannotFail,
    async show(stage) {
      const timeoutMs = fault.action === 'stall' ? patience(stage) : undefined;
      for (const state of ['new', 'warm'] as const) {
        let at = 0;
        const lose = stage.target.seedUser ? loseOneOfChange : loseOne;
        const { greeting = 0 } = stage.target;
        while (await lose(stage, { ...fault, at }, state, timeoutMs)) {
          at = state === 'new' && at === 0 ? Math.max(1, greeting - 1) : at + 1;
          expect(at < mostExchanges, `a write takes more than ${mostExchanges} exchanges`);
        }
        expect(at > 0, 'the connector has made no call');
      }
    },
  };
}

/** @returns false when the creation has fewer exchanges than that */
async function loseOne(
  stage: Stage,
  fault: Fault,
  state: 'new' | 'warm',
  timeoutMs: number | undefined,
): Promise<boolean> {
  const connector = stage.connect({ timeoutMs });
  if (state === 'warm') await stage.newUser(connector);
  const name = stage.name();
  stage.proxy.set(fault);
  const outcome = await connector.create('user', stage.target.user(name), stage.context());
  const { hit } = stage.proxy;
  stage.proxy.set(undefined);
  if (!hit) {
    ok(outcome, 'create without trouble');
    return false;
  }
  expectKind(outcome, ['retry', 'ok'], `with exchange ${fault.at} lost, create`);
  const found = await stage.find(connector, 'user', name);
  if (outcome.kind === 'retry' && !outcome.maybeDone)
    expect(found.length === 0, `exchange ${fault.at}: it was done, and the outcome denies that`);
  if (found.length === 0 && outcome.kind === 'retry') await stage.newUser(connector, name);
  expect((await stage.find(connector, 'user', name)).length === 1, `${name} is not there once`);
  return true;
}

/** @returns false when the change has fewer exchanges than that */
async function loseOneOfChange(
  stage: Stage,
  fault: Fault,
  state: 'new' | 'warm',
  timeoutMs: number | undefined,
): Promise<boolean> {
  const connector = stage.connect({ timeoutMs });
  if (state === 'warm') expectKind(await stage.write(connector, stage.name()), ['ok'], 'a write before');
  const { id } = await stage.newUser(connector);
  stage.proxy.set(fault);
  const outcome = await connector.update('user', id, [stage.change()], stage.context());
  const { hit } = stage.proxy;
  stage.proxy.set(undefined);
  if (!hit) {
    ok(outcome, 'update without trouble');
    return false;
  }
  expectKind(outcome, ['retry', 'ok'], `with exchange ${fault.at} lost, update`);
  if (outcome.kind === 'retry' && !outcome.maybeDone)
    expect(
      !(await isChanged(stage, connector, id)),
      `exchange ${fault.at}: it was done, and the outcome denies that`,
    );
  const again = await connector.update('user', id, [stage.change()], stage.context());
  expectKind(again, ['ok', 'no-op'], 'the change again');
  expect(await isChanged(stage, connector, id), 'the change is not there');
  return true;
}

async function isChanged(stage: Stage, connector: Connector, id: string): Promise<boolean> {
  const { attribute, to } = stage.target.change;
  const { attributes } = ok(await connector.get('user', id), 'get');
  return isDeepStrictEqual(attributes[attribute], to);
}

/** Changes a seeded account, again after every answer that leaves it open. */
async function changeAsTheEngineDoes(stage: Stage, connector: Connector, name: string): Promise<void> {
  const { id } = await stage.newUser(connector, name);
  for (let tries = 0; tries < 10; tries += 1) {
    const outcome = await connector.update('user', id, [stage.change()], stage.context());
    if (outcome.kind === 'ok' || outcome.kind === 'no-op') break;
    expectKind(outcome, ['retry'], 'update');
  }
  stage.proxy.set(undefined);
  expect(await isChanged(stage, connector, id), `${name} could not be changed in ten attempts`);
}

/** Looks, creates, and looks again after every answer that leaves it open. */
async function createAsTheEngineDoes(
  stage: Stage,
  connector: Connector,
  name: string,
): Promise<RemoteObject> {
  for (let tries = 0; tries < 10; tries += 1) {
    const [there] = await stage.find(connector, 'user', name);
    if (there) return there;
    const outcome = await connector.create('user', stage.target.user(name), stage.context());
    if (outcome.kind === 'ok') return outcome.value;
    expectKind(outcome, ['retry', 'conflict'], 'create');
  }
  throw new Error(`${name} could not be made in ten attempts`);
}
