import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AdminAccess } from '@rollcall/access';
import { connectorModules, type Manifest } from '@rollcall/connectors';

@ApiTags('connections')
@AdminAccess()
@Controller('api/v1/connectors')
export class ConnectorsController {
  @Get()
  @ApiOkResponse({
    description:
      'Every kind of target: what it is set up with, as JSON Schema, what it can do, its own mappings.',
  })
  list(): { items: Manifest[] } {
    return { items: connectorModules.map(({ manifest }) => manifest) };
  }
}
