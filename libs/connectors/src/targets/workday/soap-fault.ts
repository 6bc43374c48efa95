import { type Document, Path } from './parse-xml.js';

/** A SOAP 1.1 fault as Workday sends it, with HTTP 500 also for wrong passwords and wrong values. */
export interface SoapFault {
  /** Without its prefix: Client.validationError. */
  code: string;
  message: string;
  /** Where in the request, as Workday names it. */
  xpath?: string;
}

const longestMessage = 2_000;

const fault = new Path('/env:Envelope/env:Body/env:Fault');
const code = new Path("*[local-name()='faultcode']");
const text = new Path("*[local-name()='faultstring']");
const validation = new Path("*[local-name()='detail']/wd:Validation_Fault/wd:Validation_Error");
const processing = new Path(
  "*[local-name()='detail']/wd:Processing_Fault/wd:Detail_Message/wd:Detail | *[local-name()='detail']/wd:Processing_Fault/wd:Detail_Message",
);
const message = new Path('wd:Message');
const detail = new Path('wd:Detail_Message');
const place = new Path('wd:Xpath');

export function faultIn(document: Document): SoapFault | undefined {
  const [found] = fault.elements(document);
  if (!found) return undefined;
  const errors = validation.elements(found);
  const said = errors.flatMap((error) => detail.text(error) ?? message.text(error) ?? []);
  const xpath = errors.flatMap((error) => place.text(error) ?? [])[0];
  const whole =
    [...new Set(said)].join(' ') || processing.text(found) || text.text(found) || 'A fault without a text.';
  return {
    code: (code.text(found) ?? '').replace(/^[^:]*:/, ''),
    message: whole.slice(0, longestMessage),
    ...(xpath !== undefined && { xpath }),
  };
}
