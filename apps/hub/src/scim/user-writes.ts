import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CreateUser, DeleteUser, PatchUser, ReplaceUser, type UserState } from '@rollcall/directory';
import { parsePatch, parseResource, ScimError } from '@rollcall/scim';
import { validate as isUuid } from 'uuid';
import type { KnownVersions, Writer } from './scim-request.js';

/** Changes of users as a request's body says them, for single requests and for those within a bulk. */
@Injectable()
export class UserWrites {
  constructor(private readonly commands: CommandBus) {}

  async create({ tenantId, origin, trace, types }: Writer, body: unknown): Promise<UserState> {
    const { attributes, warnings } = parseResource(body, types.User);
    trace.warn(warnings);
    const command = new CreateUser(tenantId, origin, attributes);
    return trace.userChanged(await this.commands.execute(command)).user;
  }

  async replace(
    { tenantId, origin, trace, types }: Writer,
    id: string,
    body: unknown,
    ifMatch?: KnownVersions,
  ): Promise<UserState> {
    const { attributes, warnings } = parseResource(body, types.User);
    trace.warn(warnings);
    const command = new ReplaceUser(tenantId, origin, userId(id), attributes, types.User, ifMatch);
    return trace.userChanged(await this.commands.execute(command)).user;
  }

  async patch(
    { tenantId, origin, trace, types }: Writer,
    id: string,
    body: unknown,
    ifMatch?: KnownVersions,
  ): Promise<UserState> {
    const operations = trace.noting((warnings) => parsePatch(body, warnings));
    const command = new PatchUser(tenantId, origin, userId(id), operations, types.User, ifMatch);
    return trace.userChanged(await this.commands.execute(command)).user;
  }

  async delete({ tenantId, origin, trace }: Writer, id: string, ifMatch?: KnownVersions): Promise<void> {
    const command = new DeleteUser(tenantId, origin, userId(id), ifMatch);
    trace.userChanged(await this.commands.execute(command));
  }
}

export function userNotFound(id: string): ScimError {
  return new ScimError(
    404,
    `There is no user with the id ${id}: it never was, or it is deleted. Look for it by userName, or create it.`,
  );
}

function userId(id: string): string {
  if (!isUuid(id)) throw userNotFound(id);
  return id;
}
