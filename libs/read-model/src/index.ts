import { CreateReadModel1790000000300 } from './create-read-model.migration.js';
import { CreateTenantSchemas1790000000302 } from './create-tenant-schemas.migration.js';
import { DirectoryGroup } from './directory-group.entity.js';
import { DirectoryMember } from './directory-member.entity.js';
import { DirectoryUser } from './directory-user.entity.js';
import { IndexWhatListsNeed1790000000301 } from './index-what-lists-need.migration.js';

export const readModelMigrations = [
  CreateReadModel1790000000300,
  IndexWhatListsNeed1790000000301,
  CreateTenantSchemas1790000000302,
];
export const readModelEntities = [DirectoryUser, DirectoryGroup, DirectoryMember];
export { DirectoryGroup, DirectoryMember, DirectoryUser };
export { directoryProjection } from './directory.projection.js';
export { DirectorySearch, type Found, type Paging, type Resource } from './directory-search.js';
export { type SortPosition } from './filter/sort-key.js';
export { Freshness } from './freshness.js';
export { type GroupOfUser, GroupsOfUsers } from './groups-of-users.js';
export { NewestDirectoryStates } from './newest-directory-states.js';
export { type ProjectJob, ProjectPokes, projectQueue } from './project-pokes.js';
export { ProjectWorker } from './project.worker.js';
export { ReadModelModule } from './read-model.module.js';
export { searchDocument } from './search-document.js';
export { SearchRemake } from './search-remake.js';
export { projectedTypes, type TenantTypes } from './tenant-types.js';
export { TypesOfTenants } from './types-of-tenants.js';
export { ValuesUnderSchema } from './values-under-schema.js';
