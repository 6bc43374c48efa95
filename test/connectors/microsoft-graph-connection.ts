import { connectorModule, type Connector, type ConnectorRuntime } from '@rollcall/connectors';

/** A connector whose calls go to a double at this address, for tokens and for Graph. */
export function openGraph(
  address: string,
  settings: { tenant: string; timeoutMs?: number; [name: string]: unknown },
  app: { clientId: string; secret?: string; certificate?: string; privateKey?: string },
  runtime: Partial<ConnectorRuntime> = {},
): Connector {
  const { clientId, secret, certificate, privateKey } = app;
  const credentials =
    secret === undefined
      ? { type: 'certificate', clientId, certificate, privateKey }
      : { type: 'client-secret', clientId, clientSecret: secret };
  const addresses = { authority: address, graphUrl: `${address}/v1.0` };
  return connectorModule('microsoft-graph')!.open({ ...addresses, ...settings }, credentials, {
    userAgent: 'rollcall-test',
    ...runtime,
  });
}
