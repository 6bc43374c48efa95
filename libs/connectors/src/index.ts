export { behaviours } from './conformance/behaviours.js';
export { type Behaviour, showBehaviour } from './conformance/behaviour.js';
export { type Fault, FaultProxy } from './conformance/fault-proxy.js';
export type { Address, OpenOptions, TargetUnderTest, Throttling } from './conformance/target-under-test.js';
export * from './contract.js';
export { openAgent } from './http/agent.js';
export { exchange } from './http/exchange.js';
export { connectorModule, connectorModules } from './registry.js';
export { defaultMappings } from './targets/scim2/default-mappings.js';
