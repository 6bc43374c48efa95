/** Why the hub cannot start, in one line for the person at the terminal: what is wrong and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
