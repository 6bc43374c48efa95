import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Patch,
  Post,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Admin, AdminAccess, CurrentAdmin } from '@rollcall/access';
import { ChangeSchema, type ChangeOrigin, DefineSchema, RemoveSchema } from '@rollcall/directory';
import { Connections } from '@rollcall/provisioning';
import { TypesOfTenants } from '@rollcall/read-model';
import { type CustomSchema, isObject, standardSchemas } from '@rollcall/scim';
import type { FastifyRequest } from 'fastify';
import { NewSchema, SchemaChange, SchemaList, SchemaView } from './schema.dto.js';
import { SchemaProblems } from './schema-problems.js';
import { attributesUsed } from './uses-of-attributes.js';

const standard = standardSchemas.map((schema) => ({ ...schema, required: false, standard: true }));

/** Which attributes users and groups of the tenant may have beyond the standard's. */
@ApiTags('schemas')
@AdminAccess()
@UseInterceptors(SchemaProblems)
@Controller('api/v1/schemas')
export class SchemasController {
  constructor(
    private readonly commands: CommandBus,
    private readonly types: TypesOfTenants,
    private readonly connections: Connections,
  ) {}

  @Get()
  @ApiOkResponse({ type: SchemaList })
  async list(@CurrentAdmin() { tenantId }: Admin): Promise<SchemaList> {
    const { schemas } = await this.types.newest(tenantId);
    const own = schemas.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return { items: [...standard, ...own.map(view)] };
  }

  /** In force at once for what is asked of this process, and within a second everywhere. */
  @Post()
  @ApiBody({ type: NewSchema })
  @ApiCreatedResponse({ type: SchemaView })
  async define(
    @CurrentAdmin() admin: Admin,
    @Body() given: unknown,
    @Req() request: FastifyRequest,
  ): Promise<SchemaView> {
    const command = new DefineSchema(admin.tenantId, originOf(admin, request), given);
    return view(await this.inForce(admin, this.commands.execute(command)));
  }

  @Get(':urn')
  @ApiOkResponse({ type: SchemaView })
  async read(@CurrentAdmin() { tenantId }: Admin, @Param('urn') urn: string): Promise<SchemaView> {
    const known = standard.find(({ id }) => id.toLowerCase() === urn.toLowerCase());
    const found = known ?? (await this.find(tenantId, urn));
    if (!found) throw new NotFoundException(`There is no schema ${urn}.`);
    return { standard: false, ...found };
  }

  /**
   * Fields that are left out stay. `attributes` is the whole list: one that is not in it any more is no longer
   * shown, and its values stay stored until it is defined again.
   */
  @Patch(':urn')
  @ApiBody({ type: SchemaChange })
  @ApiOkResponse({ type: SchemaView })
  async change(
    @CurrentAdmin() admin: Admin,
    @Param('urn') urn: string,
    @Body() change: unknown,
    @Req() request: FastifyRequest,
  ): Promise<SchemaView> {
    if (!isObject(change)) throw new BadRequestException('Send the fields to change as a JSON object.');
    const schema = await this.find(admin.tenantId, urn);
    if (schema && Array.isArray(change.attributes)) {
      const kept = new Set(change.attributes.map((one: unknown) => isObject(one) && lower(one.name)));
      await this.refuseIfUsed(
        admin,
        schema,
        namesOf(schema).filter((name) => !kept.has(name)),
      );
    }
    const command = new ChangeSchema(admin.tenantId, originOf(admin, request), urn, change);
    return view(await this.inForce(admin, this.commands.execute(command)));
  }

  /** Values stay stored and are no longer shown; they are there again when the schema is defined again. */
  @Delete(':urn')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(
    @CurrentAdmin() admin: Admin,
    @Param('urn') urn: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const schema = await this.find(admin.tenantId, urn);
    if (schema) await this.refuseIfUsed(admin, schema, namesOf(schema));
    const command = new RemoveSchema(admin.tenantId, originOf(admin, request), urn);
    await this.inForce(admin, this.commands.execute(command));
  }

  private async find(tenantId: string, urn: string): Promise<CustomSchema | undefined> {
    const { schemas } = await this.types.newest(tenantId);
    return schemas.find(({ id }) => id.toLowerCase() === urn.toLowerCase());
  }

  private async inForce<T>({ tenantId }: Admin, change: Promise<T>): Promise<T> {
    try {
      return await change;
    } finally {
      this.types.forget(tenantId);
    }
  }

  private async refuseIfUsed({ tenantId }: Admin, schema: CustomSchema, gone: string[]): Promise<void> {
    if (gone.length === 0) return;
    const type = (await this.types.newest(tenantId))[schema.resourceType];
    for (const connection of await this.connections.list(tenantId)) {
      const [name] = attributesUsed(connection, type, schema.id, gone);
      if (name === undefined) continue;
      throw new ConflictException(
        `The connection "${connection.name}" uses ${schema.id}:${name}. ` +
          'Take it out of its mappings and scope first (PATCH /api/v1/connections/' +
          `${connection.id}), so that apps keep what they have or are cleared as you choose.`,
      );
    }
  }
}

const lower = (name: unknown) => typeof name === 'string' && name.toLowerCase();
const namesOf = ({ attributes }: CustomSchema) => attributes.map(({ name }) => name.toLowerCase());

function view(schema: CustomSchema): SchemaView {
  return { ...schema, standard: false };
}

function originOf({ actor }: Admin, { id }: FastifyRequest): ChangeOrigin {
  return { source: 'hub', actor, correlation: id, requestId: id };
}
