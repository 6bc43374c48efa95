/** NUL and lone surrogates: Postgres can store neither in text. */
export const unstorable = /[\0\p{Cs}]/u;

export const withoutUnstorable = (text: string) => text.replaceAll(/[\0\p{Cs}]/gu, '\uFFFD');
