/** The tenant has no such change set. */
export class HoldNotFound extends Error {
  constructor(readonly holdId: string) {
    super(`There is no hold ${holdId}`);
  }
}

/** These do not wait in the change set for this decision. Nothing was changed. */
export class NotInHold extends Error {
  constructor(readonly subjectIds: string[]) {
    super(`Not waiting there: ${subjectIds.join(', ')}`);
  }
}
