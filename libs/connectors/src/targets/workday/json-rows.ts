export type Row = Record<string, unknown>;

const mostRowCharacters = 8 << 20;

/**
 * Takes the rows out of `{"Report_Entry":[{…},{…}]}` as its text arrives, one at a time, so that a report of any size
 * needs the memory of a row. Reports are not paged.
 */
export class JsonRows {
  private pending = '';
  private state: 'before' | 'between' | 'in-row' | 'after' = 'before';
  private depth = 0;
  private inText = false;
  private escaped = false;

  /** @returns the rows that are complete. @throws Error where it is not a report */
  push(text: string): Row[] {
    const rows: Row[] = [];
    let rest = text;
    if (this.state === 'before') {
      this.pending += text;
      const start = /"Report_Entry"\s*:\s*\[/.exec(this.pending);
      if (!start) {
        if (this.pending.length > 65_536) throw new Error('The answer has no Report_Entry.');
        return rows;
      }
      rest = this.pending.slice(start.index + start[0].length);
      this.pending = '';
      this.state = 'between';
    }
    let from = 0;
    for (let at = 0; at < rest.length; at += 1) {
      const character = rest.charCodeAt(at);
      if (this.state === 'after') break;
      if (this.state === 'between') {
        if (character === brace) {
          this.state = 'in-row';
          this.depth = 1;
          from = at;
        } else if (character === bracketEnd) this.state = 'after';
        continue;
      }
      if (this.inText) {
        if (this.escaped) this.escaped = false;
        else if (character === backslash) this.escaped = true;
        else if (character === quote) this.inText = false;
        continue;
      }
      if (character === quote) this.inText = true;
      else if (character === brace || character === bracket) this.depth += 1;
      else if (character === braceEnd || character === bracketEnd) this.depth -= 1;
      if (this.depth > 0) continue;
      rows.push(JSON.parse(this.pending + rest.slice(from, at + 1)) as Row);
      this.pending = '';
      this.state = 'between';
    }
    if (this.state === 'in-row') this.pending += rest.slice(from);
    if (this.pending.length > mostRowCharacters) throw new Error('A row of the report is longer than 8 MB.');
    return rows;
  }

  /** The report came to its end. */
  get complete(): boolean {
    return this.state === 'after';
  }

  /** Workday sends `{}` for a report without rows. */
  get empty(): boolean {
    return this.state === 'before' && /^\s*\{\s*\}\s*$/.test(this.pending);
  }
}

const [brace, braceEnd, bracket, bracketEnd, quote, backslash] = [...'{}[]"\\'].map((each) =>
  each.charCodeAt(0),
) as [number, number, number, number, number, number];
