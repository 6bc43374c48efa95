import type { RecordedEvent } from '@rollcall/event-store';
import { expect, it } from 'vitest';
import { changesByPosition } from './changes-by-position.js';

function event(position: number, type: string, payload: RecordedEvent['payload']): RecordedEvent {
  return {
    tenantId: 't',
    position,
    streamId: 's',
    streamType: 'user',
    version: position,
    type,
    schemaVersion: 1,
    payload,
    metadata: { source: 'x', actor: 'x', correlation: 'x' },
    recordedAt: new Date(position),
  };
}

it('tells old and new value of each change, and nothing of what is erased', () => {
  const changes = changesByPosition([
    event(1, 'user.created', { attributes: { userName: 'ada', title: 'Clerk' } }),
    event(2, 'user.updated', { set: { title: 'Head' }, removed: [] }),
    event(3, 'user.deactivated', {}),
    event(4, 'user.updated', { set: {}, removed: ['title'] }),
  ]);
  expect(changes.get(1)).toEqual([
    { attribute: 'title', to: 'Clerk' },
    { attribute: 'userName', to: 'ada' },
  ]);
  expect(changes.get(2)).toEqual([{ attribute: 'title', from: 'Clerk', to: 'Head' }]);
  expect(changes.get(3)).toEqual([{ attribute: 'active', to: false }]);
  expect(changes.get(4)).toEqual([{ attribute: 'title', from: 'Head' }]);
  expect(changesByPosition([event(1, 'user.created', undefined)]).size).toBe(0);
});
