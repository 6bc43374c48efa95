import type { Claim } from './event.js';

/** The stream is not at the version the append expected. Nothing was written. */
export class VersionConflict extends Error {
  constructor(
    readonly streamId: string,
    readonly actual: number,
  ) {
    super(`Stream ${streamId} is at version ${actual}`);
  }
}

/** A unique key is held by another stream. Nothing was written. */
export class ClaimConflict extends Error {
  constructor(
    readonly claim: Claim,
    readonly holder: string,
  ) {
    super(`A ${claim.kind} is already held by ${holder}`);
  }
}

/** The subject's key has been destroyed: nothing can be recorded about that subject any more. */
export class SubjectErased extends Error {
  constructor(readonly subjectId: string) {
    super(`Subject ${subjectId} has been erased`);
  }
}
