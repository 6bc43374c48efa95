import type { Attribute } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';

/** RFC 7644 section 3.5.2.3: the filter selects nothing, and it does not say what a new value would look like. */
export const noTarget = ({ path }: Attribute) =>
  badRequest(
    'noTarget',
    `No value of ${path} meets the filter in the path, and only a filter made of "eq" says what to create.`,
  );
