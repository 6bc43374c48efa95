/**
 * How text is compared regardless of case, everywhere and whatever the locale of the machine. Keys for
 * uniqueness (userName, displayName of groups) are made with it too, so that filters and claims agree.
 */
export const foldCase = (text: string) => text.toLowerCase();
