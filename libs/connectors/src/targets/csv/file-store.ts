/** Of one version of a file. Two versions are told apart by it. */
export interface FileState {
  size: number;
  version: string;
  modifiedAt: Date;
}

/**
 * Where files lie. Names are relative to the connection's folder. Everything throws Refused; nothing was done
 * then, except where it says so.
 */
export interface FileStore {
  /** As it is shown to people. */
  url(name: string): string;
  /** Opens what there is to open, and sees that the folder is there. */
  reach(): Promise<void>;
  state(name: string): Promise<FileState | undefined>;
  /** Undefined: there is no such file. */
  read(name: string): Promise<AsyncIterable<Buffer> | undefined>;
  /**
   * A file that is not there yet, on disk before this ends.
   * @param like the file it will replace: a place that can gives it the same rights
   */
  create(name: string, content: Buffer, like?: string): Promise<FileState>;
  /**
   * Renames in one step, over what has that name: readers see the old file or the new one.
   * @throws Refused with maybeDone where no answer came
   */
  replace(from: string, to: string): Promise<void>;
  /** Renames, unless something has that name. @returns whether it did */
  claim(from: string, to: string): Promise<boolean>;
  /** @returns whether it was there */
  remove(name: string): Promise<boolean>;
  /** Of the files in a folder; undefined where there is no such folder. */
  names(folder: string): Promise<string[] | undefined>;
  /** What the place cannot do, in words. */
  lacks(): string[];
  close(): Promise<void>;
}

/** The whole of a file. Undefined: there is none. */
export async function readWhole(store: FileStore, name: string): Promise<Buffer | undefined> {
  const source = await store.read(name);
  if (!source) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}
