export * from './contract.js';
export { connectorModule, connectorModules } from './registry.js';
export { defaultMappings } from './targets/scim2/default-mappings.js';
