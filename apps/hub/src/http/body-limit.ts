/** Bytes of a request's body: enough for a group of 100,000 members. */
export const bodyLimit = 16 * 1024 * 1024;
