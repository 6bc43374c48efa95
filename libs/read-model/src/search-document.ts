import type { GroupState, UserState } from '@rollcall/directory';
import { normalise, type ResourceType, type SearchDocument, shownAttributes } from '@rollcall/scim';

/**
 * What filters are evaluated on: the resource as it is shown, with what the server adds to it, so that filters
 * on id and meta work as on any attribute.
 */
export function searchDocument(
  state: UserState | GroupState,
  type: ResourceType,
  derived: Record<string, unknown> = {},
): SearchDocument {
  return normalise(
    {
      id: state.id,
      ...shownAttributes(state.attributes, type),
      ...derived,
      meta: { created: state.createdAt.toISOString(), lastModified: state.lastModified.toISOString() },
    },
    type,
  );
}
