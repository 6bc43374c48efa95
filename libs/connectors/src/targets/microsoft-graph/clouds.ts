/** https://learn.microsoft.com/graph/deployments */
export const clouds = {
  global: {
    name: 'Microsoft Entra ID',
    authority: 'https://login.microsoftonline.com',
    graphUrl: 'https://graph.microsoft.com/v1.0',
  },
  'us-gov-l4': {
    name: 'Microsoft Entra ID, US Government L4 (GCC High)',
    authority: 'https://login.microsoftonline.us',
    graphUrl: 'https://graph.microsoft.us/v1.0',
  },
  'us-gov-l5': {
    name: 'Microsoft Entra ID, US Government L5 (DoD)',
    authority: 'https://login.microsoftonline.us',
    graphUrl: 'https://dod-graph.microsoft.us/v1.0',
  },
  china: {
    name: 'Microsoft Entra ID, China (21Vianet)',
    authority: 'https://login.partner.microsoftonline.cn',
    graphUrl: 'https://microsoftgraph.chinacloudapi.cn/v1.0',
  },
} as const;

export type Cloud = keyof typeof clouds;

/** Of the cloud itself, also where calls are sent by way of another address. */
export const scopeOf = (cloud: Cloud): string => `${new URL(clouds[cloud].graphUrl).origin}/.default`;
