export * from './contract.js';
export { connectorModule, connectorModules } from './registry.js';
