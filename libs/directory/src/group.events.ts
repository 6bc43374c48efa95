import type { AttributeDelta, Attributes } from './resource-attributes.js';

export interface Member {
  id: string;
  type: 'User' | 'Group';
}

export type GroupEvent =
  | { type: 'group.created'; payload: { attributes: Attributes } }
  | { type: 'group.updated'; payload: AttributeDelta }
  | { type: 'group.members-added'; payload: { members: Member[] } }
  | { type: 'group.members-removed'; payload: { members: Member[] } }
  | { type: 'group.deleted'; payload: Record<string, never> };

export const groupStream = 'group';
