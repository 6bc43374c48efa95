import type { Mappings } from '@rollcall/connectors';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { PolicyInput } from '../plan/policy.js';
import type { Scope } from '../scope/scope.js';

export type ConnectionState = 'disabled' | 'enabled' | 'quarantined';

@Entity({ schema: 'hub', name: 'connection' })
export class ConnectionEntity {
  @PrimaryColumn('uuid', { name: 'tenant_id' })
  tenantId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  connector!: string;

  @Column('jsonb')
  settings!: Record<string, unknown>;

  /** JSON, sealed with the master key. */
  @Column('bytea', { select: false })
  credentials!: Buffer;

  /** Null: the connector's default mapping. */
  @Column('jsonb', { nullable: true })
  mappings!: Mappings | null;

  @Column('jsonb')
  scope!: Scope;

  @Column('jsonb')
  policy!: PolicyInput;

  /** Grows with every change of what is written where and for whom. */
  @Column('int', { name: 'config_version', default: 1 })
  configVersion!: number;

  @Column('text', { default: 'disabled' })
  state!: ConnectionState;

  @Column('text', { name: 'state_reason', nullable: true })
  stateReason!: string | null;

  /** Nothing is sent before. */
  @Column('timestamptz', { name: 'not_before', nullable: true })
  notBefore!: Date | null;

  /** Nothing is sent while a person has it paused: until then, or until resumed. */
  @Column('timestamptz', { name: 'paused_at', nullable: true })
  pausedAt!: Date | null;

  @Column('timestamptz', { name: 'paused_until', nullable: true })
  pausedUntil!: Date | null;

  @Column('text', { name: 'pause_reason', nullable: true })
  pauseReason!: string | null;

  @Column('text', { name: 'paused_by', nullable: true })
  pausedBy!: string | null;

  @Column('int', { default: 0 })
  failures!: number;

  /** Counts the times every subject was to be made due; `resyncDone` follows when that is done. */
  @Column('int', { name: 'resync_requested', default: 0 })
  resyncRequested!: number;

  @Column('int', { name: 'resync_done', default: 0 })
  resyncDone!: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}
