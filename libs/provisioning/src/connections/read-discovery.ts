import type { ConnectorModule, ConnectorRuntime, Discovery } from '@rollcall/connectors';

const longestMs = 10_000;

/** What the target says of itself, or why that cannot be had now. */
export async function readDiscovery(
  module: ConnectorModule,
  settings: object,
  credentials: object,
  runtime: ConnectorRuntime,
): Promise<{ discovery: Discovery } | { why: string }> {
  const connector = module.open(settings, credentials, runtime);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<{ why: string }>((resolve) => {
    timer = setTimeout(() => resolve({ why: `no answer within ${longestMs / 1_000} seconds` }), longestMs);
  });
  const asked = connector.discover().then((outcome) => {
    if (outcome.kind === 'ok') return { discovery: outcome.value };
    return { why: 'message' in outcome ? outcome.message : outcome.kind };
  });
  try {
    return await Promise.race([asked, tooLate]);
  } finally {
    clearTimeout(timer);
    await connector.close();
  }
}
