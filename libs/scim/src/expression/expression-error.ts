/** What an expression did wrong, in words that name the function, the argument and what to do. */
export class ExpressionError extends Error {
  constructor(
    message: string,
    /** The function and which of its arguments, from 0, where it is about one. */
    readonly about?: { name: string; argument: number },
  ) {
    super(message);
  }
}
