/** Whose dialect a source speaks. */
export const sourceClients = ['entra', 'okta', 'onelogin', 'jumpcloud', 'google', 'generic'] as const;
export type SourceClient = (typeof sourceClients)[number];
