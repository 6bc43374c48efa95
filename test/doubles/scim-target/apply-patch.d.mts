/** Throws Refused. The resource given stays as it is. */
export function applyPatch(resource: Record<string, any>, body: Record<string, any>): Record<string, any>;
