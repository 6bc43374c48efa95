import type { ConnectorModule, Mappings } from '@rollcall/connectors';

/** What is mapped where a connection has no mappings of its own: its preset's, else its connector's. */
export function defaultMappingsOf(module: ConnectorModule, settings: object): Mappings {
  return module.defaultMappings?.(settings) ?? module.manifest.defaultMappings;
}
