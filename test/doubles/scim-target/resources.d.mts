export class Refused extends Error {
  status: number;
  scimType?: string;
  constructor(status: number, detail: string, scimType?: string);
}
