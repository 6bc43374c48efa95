import { Pool } from 'undici';

export interface LoadRequest {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  body?: string;
  headers?: Record<string, string>;
}

export interface LoadResult {
  requests: number;
  seconds: number;
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
}

/** Closed-loop clients: each sends its next request when its last was answered. Any unexpected status ends it. */
export async function load(options: {
  origin: string;
  clients: number;
  requests: number;
  request: (index: number) => LoadRequest;
  expect: number;
}): Promise<LoadResult> {
  const pool = new Pool(options.origin, { connections: options.clients, pipelining: 1 });
  const times: number[] = [];
  let next = 0;
  const client = async () => {
    while (next < options.requests) {
      const { method, path, body, headers } = options.request(next++);
      const before = performance.now();
      const answer = await pool.request({ method, path, body, headers });
      const text = await answer.body.text();
      times.push(performance.now() - before);
      if (answer.statusCode !== options.expect) {
        throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`);
      }
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: options.clients }, client));
  const seconds = (performance.now() - start) / 1000;
  await pool.close();
  times.sort((a, b) => a - b);
  return {
    requests: options.requests,
    seconds,
    perSecond: options.requests / seconds,
    p50Ms: times[Math.floor(times.length * 0.5)]!,
    p95Ms: times[Math.floor(times.length * 0.95)]!,
  };
}
