import { isDeepStrictEqual } from 'node:util';
import type { AttributeChange, Connector, Outcome, RemoteObject } from '../contract.js';
import type { Behaviour } from './behaviour.js';
import { expect, expectKind, ok, type Stage, told } from './stage.js';
import type { TargetUnderTest } from './target-under-test.js';

const mostExchanges = 40;

interface Change {
  what: string;
  possible(target: TargetUnderTest): boolean;
  prepare(stage: Stage, connector: Connector): Promise<Prepared>;
}

interface Prepared {
  send(): Promise<Outcome<unknown>>;
  isDone(): Promise<boolean>;
}

/** Answers that get lost on the way back from what is changed, deleted, or put into a group. */
export const lostChangeBehaviours: Behaviour[] = (
  [
    {
      id: 'lost-update',
      what: 'a change',
      possible: ({ capabilities }) => capabilities.update,
      prepare(stage, connector) {
        const { attribute, to } = stage.target.change;
        return toUpdate(stage, connector, stage.change(), ({ attributes }) =>
          isDeepStrictEqual(attributes[attribute], to),
        );
      },
    },
    {
      id: 'lost-delete',
      what: 'a deletion',
      possible: ({ capabilities }) => capabilities.delete,
      async prepare(stage, connector) {
        const name = stage.name();
        // Made by another: for who has just made it, an account that is not there may only not show yet.
        const { id } = await stage.newUser(stage.connect(), name);
        return {
          send: () => connector.delete('user', id, stage.context()),
          isDone: async () => (await stage.find(connector, 'user', name)).length === 0,
        };
      },
    },
    {
      id: 'lost-members',
      what: 'a change of members',
      possible: ({ capabilities, group, membersOf }) =>
        capabilities.groups &&
        group !== undefined &&
        capabilities.members.addRemove &&
        (membersOf !== undefined || capabilities.members.readable),
      async prepare(stage, connector) {
        const { id: member } = await stage.newUser(connector);
        const { id } = await stage.newGroup(connector);
        const change = { add: [{ id: member, type: 'user' as const }], remove: [] };
        return {
          send: () => connector.members(id, change, stage.context()),
          isDone: async () => (await stage.membersOf(connector, id)).join() === member,
        };
      },
    },
  ] satisfies (Change & { id: string })[]
).map(({ id, ...change }) => ({
  id,
  title: `an answer to ${change.what} that is lost: told as open where it was sent, and repeated harmlessly`,
  skip: (target) =>
    !change.possible(target)
      ? `the target does not take ${change.what}`
      : target.offNetwork
        ? 'there is no network in between'
        : undefined,
  async show(stage) {
    const connector = stage.connect();
    let at = 0;
    while (await lose(stage, connector, change, at)) {
      at += 1;
      expect(at < mostExchanges, `${change.what} takes more than ${mostExchanges} exchanges`);
    }
    expect(at > 0, 'the connector has made no call');
  },
}));

/** @returns false when the change has fewer exchanges than that */
async function lose(stage: Stage, connector: Connector, change: Change, at: number): Promise<boolean> {
  const { what } = change;
  const { send, isDone } = await change.prepare(stage, connector);
  stage.proxy.set({ action: 'cut', when: 'after', at });
  const outcome = await send();
  const { hit } = stage.proxy;
  stage.proxy.set(undefined);
  if (!hit) {
    ok(outcome, `${what} without trouble`);
    return false;
  }
  expectKind(outcome, ['retry', 'ok'], `with exchange ${at} lost, ${what}`);
  if (outcome.kind !== 'retry' || !outcome.maybeDone)
    expect(
      (await isDone()) === (outcome.kind === 'ok'),
      `exchange ${at}: ${what} answered ${told(outcome)}, and that is not so`,
    );
  expectKind(await again(send), ['ok', 'no-op', 'not-found'], `${what} again`);
  expect(await isDone(), `${what} is not done when it is repeated`);
  return true;
}

/** As the engine would: a connection that was cut may be found out by the next call. */
async function again(send: () => Promise<Outcome<unknown>>): Promise<Outcome<unknown>> {
  let outcome = await send();
  for (let tries = 0; outcome.kind === 'retry' && tries < 3; tries += 1) outcome = await send();
  return outcome;
}

async function toUpdate(
  stage: Stage,
  connector: Connector,
  change: AttributeChange,
  isIn: (object: RemoteObject) => boolean,
): Promise<Prepared> {
  const { id } = await stage.newUser(connector);
  return {
    send: () => connector.update('user', id, [change], stage.context()),
    isDone: async () => isIn(ok(await connector.get('user', id), 'get')),
  };
}
