/** Something understood though it was not quite right: for the log that the client's administrator reads. */
export interface Warning {
  path: string;
  detail: string;
}
