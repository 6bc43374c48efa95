/** An account that a push made whose outcome counts no longer, since its lease was lost meanwhile. */
export interface Made {
  remoteId: string;
  operationId: string;
}
