/** As unicodePwd takes it: in quotes and UTF-16 (MS-ADTS section 3.1.1.3.1.5.1). */
export const unicodePassword = (password: string): Buffer => Buffer.from(`"${password}"`, 'utf16le');
