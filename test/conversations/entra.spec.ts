import { describe } from 'vitest';
import { describeOnBothQueues } from '../harness/index.js';
import { arrived } from './entra/arrived.js';
import { Conversation } from './entra/conversation.js';
import { creates } from './entra/creates.js';
import { groupPatches } from './entra/group-patches.js';
import { leavers } from './entra/leavers.js';
import { probes } from './entra/probes.js';
import { userPatches } from './entra/user-patches.js';
import { validator } from './entra/validator.js';

/** C, Q and G number the known peculiarities of Entra: in creating, in changing users, in changing groups. */
describeOnBothQueues('Entra talks to the hub', (startQueueServer) => {
  const talk = Conversation.of(startQueueServer);
  describe('connection test', () => probes(talk));
  describe('create', () => creates(talk));
  describe('change users', () => userPatches(talk));
  describe('groups', () => groupPatches(talk));
  describe('leavers', () => leavers(talk));
  describe('validator', () => validator(talk));
  describe('and the app', () => arrived(talk));
});
