import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminAccess } from '@rollcall/access';
import { connectorModules } from '@rollcall/connectors';
import { ConnectorList, connectorView } from './connector.dto.js';

@ApiTags('connections')
@AdminAccess()
@Controller('api/v1/connectors')
export class ConnectorsController {
  @Get()
  @ApiOperation({ summary: 'Every kind of target' })
  @ApiOkResponse({
    type: ConnectorList,
    description:
      'What each is set up with, as JSON Schema, what it can do, what is known of single apps, and its own mappings.',
  })
  list(): ConnectorList {
    return { items: connectorModules.map(({ manifest }) => connectorView(manifest)) };
  }
}
