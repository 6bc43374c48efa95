import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CreateGroup, DeleteGroup, type GroupState, PatchGroup, ReplaceGroup } from '@rollcall/directory';
import { groupType, parsePatch, parseResource, ScimError, splitGroupPatch } from '@rollcall/scim';
import { validate as isUuid } from 'uuid';
import type { KnownVersions, Writer } from './scim-request.js';

/** Changes of groups as a request's body says them, for single requests and for those within a bulk. */
@Injectable()
export class GroupWrites {
  constructor(private readonly commands: CommandBus) {}

  async create({ tenantId, origin }: Writer, body: unknown): Promise<GroupState> {
    const { attributes, memberIds } = groupOf(body);
    return (await this.commands.execute(new CreateGroup(tenantId, origin, attributes, memberIds))).group;
  }

  async replace(
    { tenantId, origin }: Writer,
    id: string,
    body: unknown,
    ifMatch?: KnownVersions,
  ): Promise<GroupState> {
    const { attributes, memberIds } = groupOf(body);
    const command = new ReplaceGroup(tenantId, origin, groupId(id), attributes, memberIds, ifMatch);
    return (await this.commands.execute(command)).group;
  }

  async patch(
    { tenantId, origin, client }: Writer,
    id: string,
    body: unknown,
    ifMatch?: KnownVersions,
  ): Promise<GroupState> {
    const { header, members } = splitGroupPatch(parsePatch(body), { client });
    const command = new PatchGroup(tenantId, origin, groupId(id), header, members, groupType, ifMatch);
    return (await this.commands.execute(command)).group;
  }

  delete({ tenantId, origin }: Writer, id: string, ifMatch?: KnownVersions): Promise<void> {
    return this.commands.execute(new DeleteGroup(tenantId, origin, groupId(id), ifMatch));
  }
}

export function groupNotFound(id: string): ScimError {
  return new ScimError(404, `There is no group with the id ${id}.`);
}

function groupId(id: string): string {
  if (!isUuid(id)) throw groupNotFound(id);
  return id;
}

function groupOf(body: unknown): { attributes: Record<string, unknown>; memberIds: string[] } {
  const { attributes, members = [] } = parseResource(body, groupType);
  return { attributes, memberIds: members.map(({ id }) => id) };
}
