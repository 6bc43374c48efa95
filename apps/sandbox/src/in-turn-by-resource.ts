import type { NextFunction, Request, Response } from 'express';

/** scimmy reads, patches and writes in separate steps: two changes to one resource must not overlap. */
export function inTurnByResource() {
  const last = new Map<string, Promise<void>>();
  return (request: Request, response: Response, next: NextFunction): void => {
    if (request.method === 'GET' || request.method === 'POST') return next();
    const key = request.path;
    const over = new Promise<void>((resolve) => response.once('close', resolve));
    const before = last.get(key) ?? Promise.resolve();
    const done = before.then(() => {
      next();
      return over;
    });
    last.set(key, done);
    void done.then(() => {
      if (last.get(key) === done) last.delete(key);
    });
  };
}
