import {
  Body,
  ConflictException,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { type Admin, AdminAccess, ApiKeys, CurrentAdmin, LastApiKey } from '@rollcall/access';
import { IsString, Length } from 'class-validator';
import { validate as isUuid } from 'uuid';

class NewApiKey {
  @ApiProperty({ example: 'Deployment pipeline', maxLength: 200, description: 'Who or what will have it.' })
  @IsString()
  @Length(1, 200)
  name!: string;
}

class ApiKeyView {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty()
  name!: string;
  @ApiProperty()
  createdAt!: Date;
  @ApiProperty({ nullable: true, type: Date, description: 'To the minute.' })
  lastUsedAt!: Date | null;
}

class IssuedApiKeyView extends ApiKeyView {
  @ApiProperty({ description: 'Shown this once: rca_...' })
  key!: string;
}

class ApiKeyList {
  @ApiProperty({ type: [ApiKeyView] })
  items!: ApiKeyView[];
}

/** Keys of this API for one tenant. HUB_ADMIN_KEY is none of them: it is changed where it is set. */
@ApiTags('api-keys')
@AdminAccess()
@Controller('api/v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Get()
  @ApiOkResponse({ type: ApiKeyList })
  async list(@CurrentAdmin() { tenantId }: Admin): Promise<ApiKeyList> {
    return { items: await this.keys.list(tenantId) };
  }

  @Post()
  @ApiCreatedResponse({ type: IssuedApiKeyView, description: 'Valid at once, beside the others.' })
  issue(@CurrentAdmin() { tenantId }: Admin, @Body() { name }: NewApiKey): Promise<IssuedApiKeyView> {
    return this.keys.issue(tenantId, name);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The key has stopped working.' })
  @ApiConflictResponse({
    description: 'It is the last one. The default tenant can do without: HUB_ADMIN_KEY opens it.',
  })
  async revoke(@CurrentAdmin() { tenantId }: Admin, @Param('id') id: string): Promise<void> {
    try {
      if (isUuid(id) && (await this.keys.revoke(tenantId, id))) return;
    } catch (error) {
      if (error instanceof LastApiKey) throw new ConflictException(`${error.message}.`);
      throw error;
    }
    throw new NotFoundException(`There is no API key with the id ${id}.`);
  }
}
