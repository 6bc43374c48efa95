import { ConflictException, Controller, Delete, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { EventStore } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import {
  type Erased,
  eraseUser,
  Explain,
  type Explanation,
  History,
  type KnownSubject,
  NotErasable,
} from '@rollcall/provisioning';
import { GroupsOfUsers, NewestDirectoryStates, TypesOfTenants } from '@rollcall/read-model';
import { validate as isUuid } from 'uuid';
import { eraseFromRequestLog } from '../request-log/erase-from-request-log.js';
import { presentUser } from '../scim/present-resource.js';
import { DirectoryLists, type ResourcePage } from './directory-lists.js';
import { DirectoryQuery, ExplainQuery, HistoryQuery } from './directory.dto.js';
import { readHistory, type SubjectHistory } from './read-history.js';

@ApiTags('users')
@AdminAccess()
@Controller('api/v1/users')
export class DirectoryUsersController {
  constructor(
    private readonly lists: DirectoryLists,
    private readonly states: NewestDirectoryStates,
    private readonly memberships: GroupsOfUsers,
    private readonly types: TypesOfTenants,
    private readonly history: History,
    private readonly explanations: Explain,
    private readonly database: Database,
    private readonly events: EventStore,
  ) {}

  @Get()
  @ApiOkResponse({
    description: 'Users as SCIM shows them, those that are not deleted; never older than the last change.',
  })
  list(@CurrentAdmin() { tenantId }: Admin, @Query() query: DirectoryQuery): Promise<ResourcePage> {
    return this.lists.users(tenantId, query);
  }

  @Get(':id')
  @ApiOkResponse({ description: 'The user with the groups it is in. A deleted one only has a history.' })
  async read(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<Record<string, unknown>> {
    const user = isUuid(id) ? await this.states.user(tenantId, id) : undefined;
    if (!user || user.deleted) throw noUser(id);
    const groups = await this.memberships.of(tenantId, [id]);
    return presentUser(user, (await this.types.of(tenantId)).User, '/scim/v2', groups.get(id));
  }

  @Get(':id/history')
  @ApiOkResponse({
    description:
      'Newest first, everything that happened to the user and was done about it. With `at`: the state then. ' +
      'With `from` and `to`: what became different.',
  })
  async past(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Query() query: HistoryQuery,
  ): Promise<SubjectHistory> {
    return readHistory(this.history, tenantId, await this.known(tenantId, id), query);
  }

  @Get(':id/explain')
  @ApiOkResponse({
    description:
      'Why the user has, or has not, which value at which connection: source event, mapping, call, answer.',
  })
  async explain(
    @CurrentAdmin() { tenantId }: Admin,
    @Param('id') id: string,
    @Query() { connection, attribute }: ExplainQuery,
  ): Promise<{ items: Explanation[]; erased: KnownSubject['erased'] }> {
    const { erased } = await this.known(tenantId, id);
    const items = await this.explanations.user(tenantId, id, { connectionId: connection, attribute });
    if (connection !== undefined && items.length === 0) {
      throw new NotFoundException(`There is no connection with the id ${connection}.`);
    }
    return { items, erased };
  }

  @Delete(':id/personal-data')
  @ApiOkResponse({
    description:
      'Makes everything about a deleted user unreadable for good, here and in every copy of the log. ' +
      'The answer names the accounts that still are at apps.',
  })
  async erase(@CurrentAdmin() { tenantId, actor }: Admin, @Param('id') id: string): Promise<Erased> {
    if (!isUuid(id)) throw noUser(id);
    try {
      const parts = { database: this.database, events: this.events, alsoErase };
      const erased = await eraseUser(parts, tenantId, id, actor);
      if (!erased) throw noUser(id);
      return erased;
    } catch (error) {
      if (error instanceof NotErasable) throw new ConflictException(error.message);
      throw error;
    }
  }

  private async known(tenantId: string, id: string): Promise<KnownSubject> {
    const subject = isUuid(id) ? await this.history.find(tenantId, 'user', id) : undefined;
    if (!subject) throw noUser(id);
    return subject;
  }
}

type AlsoErase = Parameters<typeof eraseUser>[0]['alsoErase'];

const alsoErase: AlsoErase = (client, tenantId, userId, names) => {
  const query = async <T>(text: unknown, values?: unknown[]) =>
    (await client.query(text as string, values)).rows as T[];
  return eraseFromRequestLog({ query: query as Database['query'] }, tenantId, userId, names);
};

function noUser(id: string): NotFoundException {
  return new NotFoundException(`There is no user with the id ${id}.`);
}
