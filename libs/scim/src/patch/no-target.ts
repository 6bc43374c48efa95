import type { Warning } from '../resource/warning.js';
import type { Attribute } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';

/** RFC 7644 section 3.5.2.3: the filter selects nothing, and it does not say what a new value would look like. */
export const noTarget = ({ path }: Attribute) =>
  badRequest(
    'noTarget',
    `No value of ${path} meets the filter in the path, and only a filter made of "eq" says what to create. Use one, or add the value first.`,
  );

/** Instead of 400 noTarget: Entra addresses values that are still to be made. */
export const madeFromFilter = ({ path }: Attribute): Warning => ({
  path,
  detail: `No value of ${path} met the filter in the path, so one was made from it.`,
});

export const valueIgnored = ({ path }: Attribute): Warning => ({
  path,
  detail: `The value that came with the remove of ${path} was ignored: the path says what to remove.`,
});
