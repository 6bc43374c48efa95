export { ScimError, badRequest, type ScimType } from './scim-error.js';
export { type Attributes, type JsonObject, type JsonValue, isObject, sameJson } from './json.js';

export {
  attribute,
  plural,
  type AttributeDefinition,
  type AttributeSketch,
  type AttributeType,
  type ResourceSchema,
} from './schema/attribute.js';
export { checkBeside, checkCustomSchema, standardSchemas } from './schema/check-custom-schema.js';
export { type SchemaProblem } from './schema/schema-problem.js';
export {
  standardTypes,
  type CustomSchema,
  type CustomSchemas,
  type RemovedAttributes,
  type TypesByName,
  sameKind,
  typesWith,
} from './schema/custom-schema.js';
export { canonicalDateTime } from './schema/date-time.js';
export { enterpriseUserSchema } from './schema/enterprise-user-schema.js';
export { groupSchema } from './schema/group-schema.js';
export {
  findAttribute,
  groupType,
  userType,
  withExtension,
  type Attribute,
  type Extension,
  type ResourceType,
} from './schema/resource-type.js';
export { resolveName, type ResolvedName } from './schema/resolve-name.js';
export { userSchema } from './schema/user-schema.js';

export { type CompareOperator, type Filter, type FilterValue } from './filter/filter.js';
export { foldCase } from './filter/fold-case.js';
export { matches } from './filter/matches.js';
export { normalise, type SearchDocument } from './filter/normalise.js';
export { noteFilter } from './filter/note-filter-values.js';
export { parseFilter } from './filter/parse-filter.js';
export { printFilter } from './filter/print-filter.js';
export { resolve, type FilterPath, type ResolvedFilter } from './filter/resolve-filter.js';
export { resolveSort, type Sort } from './filter/resolve-sort.js';

export {
  compileExpression,
  longestExpression,
  type CompiledExpression,
  type Evaluation,
  type ExpressionLimits,
} from './expression/compile-expression.js';
export { valueKey } from './expression/distinct.js';
export { ExpressionError } from './expression/expression-error.js';
export { isEmpty } from './expression/function-arguments.js';

export { parsePath, type Path } from './path/parse-path.js';
export { readPath } from './path/read-path.js';

export { parseResource, type ParsedResource } from './resource/parse-resource.js';
export { isWanted, projectResource, type ProjectionParameters } from './resource/project-resource.js';
export { readMembers, type MemberReference } from './resource/read-members.js';
export { resourceSchemas } from './resource/resource-schemas.js';
export { fits, replaceAttributes, shownAttributes } from './resource/shown-attributes.js';
export { type Warning } from './resource/warning.js';

export { applyPatch, type Patched } from './patch/apply-patch.js';
export { type PatchOp } from './patch/change.js';
export { parsePatch, type PatchOperation } from './patch/parse-patch.js';
export { splitGroupPatch, type GroupPatch, type MemberOperation } from './patch/split-group-patch.js';

export { bulkIdsIn, deferReferences, withIds, type Deferred } from './bulk/bulk-references.js';
export { parseBulk, parseBulkOperation, type BulkOperation, type BulkRequest } from './bulk/parse-bulk.js';

export { errorBody, type ErrorBody } from './messages/error-body.js';
export { listResponse, type ListResponse } from './messages/list-response.js';
export { resourceTypeResource, resourceTypesResponse } from './messages/resource-types-response.js';
export { parseSearchRequest, type SearchParameters } from './messages/search-request.js';
export { schemaResource, schemasOf, schemasResponse } from './messages/schemas-response.js';
export {
  serviceProviderConfig,
  type AuthenticationScheme,
  type ServiceFeatures,
} from './messages/service-provider-config.js';
export {
  bulkRequestUrn,
  bulkResponseUrn,
  errorUrn,
  listResponseUrn,
  patchOpUrn,
  searchRequestUrn,
} from './messages/urns.js';
