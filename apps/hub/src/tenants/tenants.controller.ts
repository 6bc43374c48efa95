import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { AdminAccess, Tenants } from '@rollcall/access';
import { IsString, Length } from 'class-validator';

class NewTenant {
  @ApiProperty({ example: 'Contoso', maxLength: 200 })
  @IsString()
  @Length(1, 200)
  name!: string;
}

class TenantView {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty()
  createdAt!: Date;
}

class CreatedTenantView extends TenantView {
  @ApiProperty({ description: "The first key of the tenant's administrator. Shown this once." })
  adminKey!: string;
}

class TenantList {
  @ApiProperty({ type: [TenantView] })
  items!: TenantView[];
}

/** Needs the hub's own admin key. */
@ApiTags('tenants')
@AdminAccess('operator')
@Controller('api/v1/tenants')
export class TenantsController {
  constructor(private readonly tenants: Tenants) {}

  @Post()
  @ApiCreatedResponse({ type: CreatedTenantView })
  create(@Body() { name }: NewTenant): Promise<CreatedTenantView> {
    return this.tenants.create(name);
  }

  @Get()
  @ApiOkResponse({ type: TenantList })
  async list(): Promise<TenantList> {
    return { items: await this.tenants.list() };
  }
}
