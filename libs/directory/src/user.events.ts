import type { AttributeDelta, Attributes } from './resource-attributes.js';

export type UserEvent =
  | { type: 'user.created'; payload: { attributes: Attributes } }
  | { type: 'user.updated'; payload: AttributeDelta }
  | { type: 'user.deactivated'; payload: Record<string, never> }
  | { type: 'user.reactivated'; payload: Record<string, never> }
  | { type: 'user.deleted'; payload: Record<string, never> };

export const userStream = 'user';
