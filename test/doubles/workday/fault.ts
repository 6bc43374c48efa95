import { text } from './worker-xml.js';

/** A SOAP fault of Workday: HTTP 500 whatever is wrong. */
export class Fault extends Error {
  constructor(
    readonly code: 'Client.authenticationError' | 'Client.validationError' | 'Server.processingError',
    message: string,
    readonly xpath?: string,
  ) {
    super(message);
  }

  get xml(): string {
    const { code, message, xpath = '' } = this;
    const said = text(message);
    const detail =
      code === 'Client.validationError'
        ? `<detail><wd:Validation_Fault><wd:Validation_Error><wd:Message>${said}</wd:Message>` +
          `<wd:Detail_Message>${said}</wd:Detail_Message><wd:Xpath>${text(xpath)}</wd:Xpath>` +
          '</wd:Validation_Error></wd:Validation_Fault></detail>'
        : code === 'Server.processingError'
          ? `<detail><wd:Processing_Fault><wd:Detail_Message><wd:Detail>${said}</wd:Detail></wd:Detail_Message></wd:Processing_Fault></detail>`
          : '';
    const words = { Validation: 'Validation error occurred. ', Processing: 'Processing error occurred. ' };
    const before =
      code === 'Client.validationError'
        ? words.Validation
        : code === 'Server.processingError'
          ? words.Processing
          : '';
    return (
      '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body>' +
      '<SOAP-ENV:Fault xmlns:wd="urn:com.workday/bsvc">' +
      `<faultcode>SOAP-ENV:${code}</faultcode><faultstring>${before}${said}</faultstring>${detail}` +
      '</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>'
    );
  }
}

export const invalidId = (id: string, type: string, xpath: string): Fault =>
  new Fault(
    'Client.validationError',
    `Invalid ID value.  '${id}' is not a valid ID value for type = '${type}'`,
    xpath,
  );
