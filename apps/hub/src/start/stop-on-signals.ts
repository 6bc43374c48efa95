const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** npm passes a Ctrl-C on that the terminal has sent us already: two so close together are one. */
const sameSignalMs = 1_000;

/**
 * The first SIGINT or SIGTERM stops the hub in good order (exit code 0), a second one at once. A signal
 * during the start is kept until there is something to stop.
 */
export function stopOnSignals(): { stopWith(stop: () => Promise<void>): void } {
  let stop: (() => Promise<void>) | undefined;
  let askedAt: number | undefined;

  const shutDown = () => {
    if (!stop) return;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Stopped with trouble: ${(error as Error).message}\n`);
        process.exit(1);
      },
    );
  };
  const ask = (exitCode: number) => {
    if (askedAt === undefined) {
      askedAt = Date.now();
      shutDown();
    } else if (Date.now() - askedAt > sameSignalMs) {
      process.exit(exitCode);
    }
  };
  for (const [signal, exitCode] of Object.entries(exitCodes)) process.on(signal, () => ask(exitCode));
  watchShell(() => ask(exitCodes.SIGTERM));

  return {
    stopWith(work) {
      stop = work;
      if (askedAt !== undefined) shutDown();
    },
  };
}

/** A SIGTERM to `npm start` ends npm and its shell, and the shell does not pass it on. */
function watchShell(ended: () => void): void {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    ended();
  }, 250);
  watch.unref();
}
