/** The user or group a request is about, as far as it came out. */
export interface TracedSubject {
  type: 'User' | 'Group';
  id?: string;
  /** userName or displayName. */
  display?: string;
}
