import { dateFunctions } from './date-functions.js';
import type { MappingFunction } from './function-arguments.js';
import { replaceFunction } from './replace-function.js';
import { textFunctions } from './text-functions.js';
import { listFunctions, valueFunctions } from './value-functions.js';

/** By the name Microsoft Entra has for it; in an expression with a $ before it. */
export const mappingFunctions: ReadonlyMap<string, MappingFunction> = new Map(
  Object.entries({
    ...textFunctions,
    ...valueFunctions,
    ...listFunctions,
    ...dateFunctions,
    Replace: replaceFunction,
  }),
);

/** Its arguments are tried one after the other at the target. Only ever the outermost function. */
export const uniqueFunction = 'SelectUniqueValue';

const random = 'makes another value each time, so an account would be changed each time it is looked at.';

/** What is not offered, and what to do instead. */
export const refusedFunctions: ReadonlyMap<string, string> = new Map([
  ['RandomString', `${random} Let the app make passwords, or derive the value from an attribute.`],
  ['Guid', `${random} Map the source attribute externalId, or id, which is unique and stays.`],
  ['random', `${random} Derive the value from an attribute.`],
  ['shuffle', `${random} Use $sort.`],
  ['clone', 'copies what nothing can change anyway. Leave it out.'],
  ['eval', 'runs text as an expression. Write the expression itself.'],
  ['AppRoleAssignmentsComplex', 'is about app roles inside Entra. Map the attribute roles.'],
  ['AssertiveAppRoleAssignmentsComplex', 'is about app roles inside Entra. Map the attribute roles.'],
  ['SingleAppRoleAssignment', 'is about app roles inside Entra. Use $Item(roles.value, 1).'],
  ['DefaultDomain', 'is about the tenant inside Entra. Write the domain as a text.'],
  ['Redact', 'is about logs inside Entra. Values are never written to logs here.'],
  ['IgnoreFlowIfNullOrEmpty', 'is a setting of the mapping here: whenEmpty "leave".'],
]);

/** Of JSONata 2 (docs.jsonata.org), those that neither look at a clock nor at chance. */
export const jsonataFunctions: ReadonlySet<string> = new Set(
  `abs append assert average base64decode base64encode boolean ceil contains count decodeUrl decodeUrlComponent
  distinct each encodeUrl encodeUrlComponent error exists filter floor formatBase formatInteger formatNumber
  fromMillis join keys length lookup lowercase map match max merge millis min not now number parseInteger power
  reduce replace reverse round sift single sort split spread sqrt string substring substringAfter substringBefore
  sum toMillis trim type uppercase zip`.split(/\s+/),
);
