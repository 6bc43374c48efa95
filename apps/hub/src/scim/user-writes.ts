import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CreateUser, DeleteUser, PatchUser, ReplaceUser, type UserState } from '@rollcall/directory';
import { parsePatch, parseResource, ScimError, userType } from '@rollcall/scim';
import { validate as isUuid } from 'uuid';
import type { KnownVersions, Writer } from './scim-request.js';

/** Changes of users as a request's body says them, for single requests and for those within a bulk. */
@Injectable()
export class UserWrites {
  constructor(private readonly commands: CommandBus) {}

  async create({ tenantId, origin }: Writer, body: unknown): Promise<UserState> {
    const { attributes } = parseResource(body, userType);
    return (await this.commands.execute(new CreateUser(tenantId, origin, attributes))).user;
  }

  async replace(
    { tenantId, origin }: Writer,
    id: string,
    body: unknown,
    ifMatch?: KnownVersions,
  ): Promise<UserState> {
    const { attributes } = parseResource(body, userType);
    const command = new ReplaceUser(tenantId, origin, userId(id), attributes, ifMatch);
    return (await this.commands.execute(command)).user;
  }

  async patch(
    { tenantId, origin }: Writer,
    id: string,
    body: unknown,
    ifMatch?: KnownVersions,
  ): Promise<UserState> {
    const command = new PatchUser(tenantId, origin, userId(id), parsePatch(body), userType, ifMatch);
    return (await this.commands.execute(command)).user;
  }

  delete({ tenantId, origin }: Writer, id: string, ifMatch?: KnownVersions): Promise<void> {
    return this.commands.execute(new DeleteUser(tenantId, origin, userId(id), ifMatch));
  }
}

export function userNotFound(id: string): ScimError {
  return new ScimError(404, `There is no user with the id ${id}.`);
}

function userId(id: string): string {
  if (!isUuid(id)) throw userNotFound(id);
  return id;
}
