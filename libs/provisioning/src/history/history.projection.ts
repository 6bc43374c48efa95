import type { Subscriber } from '@rollcall/event-store';
import { targetObjectStream } from '../report/operation.events.js';
import { writeAccountPeriods } from './account-periods.js';
import { writeMembershipPeriods } from './membership-periods.js';

/** Derives who was in which group and who had which account, from when until when. Rows hold ids only. */
export const historyProjection: Subscriber = {
  name: 'history',
  limitBy: 'directory',
  streamTypes: ['user', 'group', targetObjectStream],
  payloadsOf: ['group.members-added', 'group.members-removed', 'operation.succeeded'],
  async handle(events, client, tenantId) {
    await writeMembershipPeriods(events, client, tenantId);
    await writeAccountPeriods(events, client, tenantId);
  },
};
