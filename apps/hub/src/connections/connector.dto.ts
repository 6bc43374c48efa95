import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Capabilities, Manifest, ManifestPreset, Mappings } from '@rollcall/connectors';

const json = { type: 'object', additionalProperties: true } as const;

class MembersCapabilityView {
  @ApiProperty({ description: 'Members come and go one by one, without writing the whole group.' })
  addRemove!: boolean;
  @ApiProperty({ description: 'Changes for each call at most.' })
  maxPerCall!: number;
  @ApiProperty({ description: 'The target tells who is in a group.' })
  readable!: boolean;
  @ApiProperty({ description: 'Groups can be members of groups.' })
  nested!: boolean;
}

export class CapabilitiesView implements Capabilities {
  @ApiProperty()
  create!: boolean;
  @ApiProperty()
  update!: boolean;
  @ApiProperty()
  delete!: boolean;
  @ApiProperty()
  groups!: boolean;
  @ApiProperty({ description: 'Accounts are found by an attribute.' })
  find!: boolean;
  @ApiProperty({ description: 'All accounts can be read.' })
  list!: boolean;
  @ApiProperty({ description: 'What has changed since a moment can be read.' })
  changes!: boolean;
  @ApiProperty({ type: MembersCapabilityView })
  members!: MembersCapabilityView;
  @ApiProperty()
  pageSize!: number;
}

export class PresetView {
  @ApiProperty({ example: 'exium', description: 'What settings.preset is set to.' })
  id!: string;
  @ApiProperty({ example: 'Exium' })
  name!: string;
  @ApiPropertyOptional({ description: 'What is still to be filled in, and where to find it.' })
  note?: string;
  @ApiProperty({ ...json, description: 'Settings the preset brings; those of the connection win.' })
  settings!: object;
  @ApiProperty({ type: CapabilitiesView, description: 'With these settings.' })
  capabilities!: Capabilities;
  @ApiProperty({ ...json, description: 'Of a connection that has none of its own.' })
  defaultMappings!: Mappings;
  @ApiProperty({ type: [String], description: 'What the credentials must be allowed to do.' })
  rights!: string[];
  @ApiProperty({ type: [String], description: 'What the app is known not to take.' })
  limits!: string[];
  @ApiPropertyOptional({
    description: 'Calls a second the app is known to take: the pace of connections whose policy names none.',
  })
  requestsPerSecond?: number;
  @ApiProperty({ example: 'docs/connectors/exium.md', description: 'From nothing to a green test.' })
  page!: string;
}

export class ConnectorView {
  @ApiProperty({ example: 'scim2', description: 'What connector is set to in a new connection.' })
  type!: string;
  @ApiProperty({ example: 'SCIM 2.0' })
  name!: string;
  @ApiProperty()
  description!: string;
  @ApiProperty({ ...json, description: 'JSON Schema (draft-07) of settings.' })
  settingsSchema!: object;
  @ApiProperty({ ...json, description: 'JSON Schema (draft-07) of credentials.' })
  credentialsSchema!: object;
  @ApiProperty({ type: CapabilitiesView, description: 'With the default settings.' })
  capabilities!: Capabilities;
  @ApiProperty({ ...json, description: 'Of a connection that has none of its own.' })
  defaultMappings!: Mappings;
  @ApiProperty({ type: [PresetView] })
  presets!: PresetView[];
  @ApiProperty({ type: [String], description: 'What the credentials must be allowed to do.' })
  rights!: string[];
  @ApiProperty({ type: [String], description: 'What targets of this type are known not to take.' })
  limits!: string[];
  @ApiProperty({ example: 'docs/connectors/scim2.md', description: 'From nothing to a green test.' })
  page!: string;
}

export class ConnectorList {
  @ApiProperty({ type: [ConnectorView] })
  items!: ConnectorView[];
}

export function connectorView(manifest: Manifest): ConnectorView {
  const { rights = [], limits = [] } = manifest;
  return {
    ...manifest,
    rights,
    limits,
    presets: manifest.presets.map((preset) => presetView(manifest, preset)),
    page: pageOf(manifest.type),
  };
}

function presetView(manifest: Manifest, preset: ManifestPreset): PresetView {
  const { capabilities, defaultMappings, rights = [], limits = [] } = manifest;
  return {
    capabilities,
    defaultMappings,
    rights,
    limits,
    ...preset,
    page: pageOf(preset.page ?? manifest.type),
  };
}

const pageOf = (id: string): string => `docs/connectors/${id}.md`;
