import type { GroupState, UserState } from '@rollcall/directory';

/** A resource with what the server adds to it, so that filters on id and meta work as on any attribute. */
export function searchable(state: UserState | GroupState): Record<string, unknown> {
  return {
    id: state.id,
    ...state.attributes,
    meta: { created: state.createdAt.toISOString(), lastModified: state.lastModified.toISOString() },
  };
}
