import { createHash } from 'node:crypto';
import { duplicate } from './api-error.js';

export type Json = Record<string, any>;

export interface User {
  id: string;
  /** What clients wrote, without password. */
  own: Json;
  primaryEmail: string;
  aliases: string[];
  isAdmin: boolean;
  isDelegatedAdmin: boolean;
  hasPassword: boolean;
  createdAt: number;
  changedAt: number;
  deletedAt?: number;
}

export interface Group {
  id: string;
  own: Json;
  email: string;
  aliases: string[];
  members: Map<string, { role: string }>;
  createdAt: number;
}

type AdminRole = 'super' | 'user-admin' | 'read-only';

const deletedDays = 20;

/** The state of one Google Workspace account. It outlives its server's being down, as Google's does. */
export class Account {
  readonly users = new Map<string, User>();
  readonly deleted = new Map<string, User>();
  readonly groups = new Map<string, Group>();
  readonly domains = new Set(['contoso.example']);
  readonly unverifiedDomains = new Set<string>();
  readonly orgUnits = new Set(['/', '/Staff', '/Leavers']);
  /** Custom schemas: fields by name. */
  readonly schemas = new Map<string, Record<string, { type: string; multiValued?: boolean }>>();
  /** Administrators a token may act for. */
  readonly admins = new Map<string, AdminRole>();
  /** Addresses of which somebody has a private Google account. */
  readonly unmanaged = new Set<string>();
  readonly customerId = 'C01contoso';
  private serial = 0;
  private ahead = 0;

  now(): number {
    return Date.now() + this.ahead;
  }

  /** Lets time pass at Google. */
  advance(ms: number): void {
    this.ahead += ms;
  }

  newUserId(): string {
    this.serial += 1;
    return `1${String(this.serial).padStart(20, '0')}`;
  }

  newGroupId(): string {
    this.serial += 1;
    return `0${this.serial.toString(36).padStart(14, 'g')}`;
  }

  /** By id, main address or alias. */
  user(key: string): User | undefined {
    const lower = key.toLowerCase();
    return (
      this.users.get(key) ??
      [...this.users.values()].find(
        ({ primaryEmail, aliases }) => primaryEmail === lower || aliases.includes(lower),
      )
    );
  }

  group(key: string): Group | undefined {
    const lower = key.toLowerCase();
    return (
      this.groups.get(key) ??
      [...this.groups.values()].find(({ email, aliases }) => email === lower || aliases.includes(lower))
    );
  }

  /** Those whose 20 days are over are gone for good. */
  deletedUsers(): User[] {
    for (const [id, { deletedAt }] of this.deleted)
      if (this.now() - deletedAt! > deletedDays * 86_400_000) this.deleted.delete(id);
    return [...this.deleted.values()];
  }

  /** @throws 409 where somebody has the address, or had it until a few days ago */
  claim(address: string, by?: { id: string }): void {
    const lower = address.toLowerCase();
    const holder = this.user(lower) ?? this.group(lower);
    const ghost = this.deletedUsers().find(({ primaryEmail }) => primaryEmail === lower);
    if ((holder && holder.id !== by?.id) || ghost || this.unmanaged.has(lower)) throw duplicate();
  }

  leaveGroups(id: string): void {
    for (const { members } of this.groups.values()) members.delete(id);
  }
}

export const etagOf = (value: unknown): string =>
  `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 27)}"`;
