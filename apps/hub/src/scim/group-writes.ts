import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CreateGroup, DeleteGroup, type GroupState, PatchGroup, ReplaceGroup } from '@rollcall/directory';
import { parsePatch, parseResource, type ResourceType, ScimError, splitGroupPatch } from '@rollcall/scim';
import { validate as isUuid } from 'uuid';
import type { RequestTrace } from '../request-log/request-trace.js';
import type { KnownVersions, Writer } from './scim-request.js';

/** Changes of groups as a request's body says them, for single requests and for those within a bulk. */
@Injectable()
export class GroupWrites {
  constructor(private readonly commands: CommandBus) {}

  async create({ tenantId, origin, trace, types }: Writer, body: unknown): Promise<GroupState> {
    const { attributes, memberIds } = groupOf(body, types.Group, trace);
    const command = new CreateGroup(tenantId, origin, attributes, memberIds);
    return trace.groupChanged(await this.commands.execute(command)).group;
  }

  async replace(
    { tenantId, origin, trace, types }: Writer,
    id: string,
    body: unknown,
    ifMatch?: KnownVersions,
  ): Promise<GroupState> {
    const { attributes, memberIds } = groupOf(body, types.Group, trace);
    const command = new ReplaceGroup(
      tenantId,
      origin,
      groupId(id),
      attributes,
      memberIds,
      types.Group,
      ifMatch,
    );
    return trace.groupChanged(await this.commands.execute(command)).group;
  }

  async patch(
    { tenantId, origin, client, trace, types }: Writer,
    id: string,
    body: unknown,
    ifMatch?: KnownVersions,
  ): Promise<GroupState> {
    const operations = trace.noting((warnings) => parsePatch(body, warnings));
    const { header, members, warnings } = splitGroupPatch(operations, { client });
    trace.warn(warnings);
    const command = new PatchGroup(tenantId, origin, groupId(id), header, members, types.Group, ifMatch);
    return trace.groupChanged(await this.commands.execute(command)).group;
  }

  async delete({ tenantId, origin, trace }: Writer, id: string, ifMatch?: KnownVersions): Promise<void> {
    const command = new DeleteGroup(tenantId, origin, groupId(id), ifMatch);
    trace.groupChanged(await this.commands.execute(command));
  }
}

export function groupNotFound(id: string): ScimError {
  return new ScimError(
    404,
    `There is no group with the id ${id}: it never was, or it is deleted. Look for it by displayName, or create it.`,
  );
}

function groupId(id: string): string {
  if (!isUuid(id)) throw groupNotFound(id);
  return id;
}

function groupOf(
  body: unknown,
  type: ResourceType,
  trace: RequestTrace,
): { attributes: Record<string, unknown>; memberIds: string[] } {
  const { attributes, members = [], warnings } = parseResource(body, type);
  trace.warn(warnings);
  return { attributes, memberIds: members.map(({ id }) => id) };
}
