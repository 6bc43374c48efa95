import type { DeltaManner } from './delta.js';
import { forbidden, type Json } from './graph-error.js';
import type { ObjectType } from './properties.js';

export interface GraphRequest {
  method: string;
  /** Below /v1.0, as it was sent. */
  url: URL;
  headers: Record<string, string | undefined>;
  body: Json | undefined;
  /** Application permissions of the token. */
  roles: string[];
}

export interface GraphAnswer {
  status: number;
  body?: Json;
  headers?: Record<string, string>;
}

export interface Manner extends DeltaManner {
  /** Lists give their first page again and again. */
  loopPages: boolean;
}

export const writes = new Set(['POST', 'PATCH', 'PUT', 'DELETE']);
export const rights: Record<ObjectType, { read: string[]; write: string[] }> = {
  user: {
    read: ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
    write: ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
  },
  group: {
    read: ['Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
    write: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  },
};

export const list = (value: Json[]): GraphAnswer => ({ status: 200, body: { value } });

export function allow({ roles }: GraphRequest, needed: string[]): void {
  if (!needed.some((role) => roles.includes(role))) throw forbidden();
}
