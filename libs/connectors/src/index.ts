export * from './contract.js';
export { openAgent } from './http/agent.js';
export { exchange } from './http/exchange.js';
export { connectorModule, connectorModules } from './registry.js';
export { defaultMappings } from './targets/scim2/default-mappings.js';
