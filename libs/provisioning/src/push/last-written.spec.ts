import { expect, it } from 'vitest';
import type { Mappings } from '@rollcall/connectors';
import { compileConfiguration } from '../plan/compile-configuration.js';
import { lastWritten } from './last-written.js';

const mapping = (attributes: Mappings['users']['attributes']) =>
  compileConfiguration({
    version: 1,
    mappings: { users: { matching: [{ source: 'userName', target: 'userName' }], attributes } },
    scope: {},
    policy: {},
  }).users;

it('tells what the mapping writes and keeps, and nothing that is secret or written once', () => {
  const users = mapping([
    { source: 'userName', target: 'userName', apply: 'always' },
    { source: 'active', target: 'active', apply: 'always' },
    { source: 'title', target: 'title', apply: 'always' },
    { constant: 'first-password', target: 'password', apply: 'always' },
    { expression: '$substring(userName, 0, 8)', target: 'nickName', apply: 'create' },
  ]);
  const written = {
    userName: 'ada',
    active: false,
    password: 'first-password',
    nickName: 'ada',
    locale: 'mapped no longer',
  };
  expect(lastWritten(written, users)).toEqual({ userName: 'ada', active: false });
});
