import { describe, expect, it } from 'vitest';
import { parseXml } from './parse-xml.js';
import { refusalOf } from './refusal.js';
import { faultIn } from './soap-fault.js';

const envelope = (inner: string) =>
  `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body>` +
  `<SOAP-ENV:Fault xmlns:wd="urn:com.workday/bsvc">${inner}</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>`;

function refused(code: string, text: string, xpath?: string) {
  const detail =
    xpath === undefined
      ? ''
      : `<detail><wd:Validation_Fault><wd:Validation_Error><wd:Message>${text}</wd:Message><wd:Detail_Message>${text}</wd:Detail_Message><wd:Xpath>${xpath}</wd:Xpath></wd:Validation_Error></wd:Validation_Fault></detail>`;
  const xml = envelope(`<faultcode>SOAP-ENV:${code}</faultcode><faultstring>${text}</faultstring>${detail}`);
  return refusalOf({ status: 500, fault: faultIn(parseXml(xml)!) }, 'write', 0);
}

describe('what a fault means', () => {
  it.each([
    ['Client.authenticationError', 'invalid username or password', undefined, { kind: 'denied' }],
    ['Server.processingError', 'The task submitted is not authorized.', undefined, { kind: 'denied' }],
    [
      'Client.validationError',
      "Invalid ID value.  '9' is not a valid ID value for type = 'Employee_ID'",
      '/a[1]',
      { kind: 'not-found' },
    ],
    [
      'Client.validationError',
      "Invalid ID value.  'XXX_9' is not a valid ID value for type = 'Country_Phone_Code_ID'",
      '/a/Person_Phone_Information_Data[1]',
      { kind: 'rejected', attribute: 'workPhone' },
    ],
    [
      'Client.validationError',
      'There is another event in progress for the worker.',
      '/a',
      { kind: 'retry', scope: 'object' },
    ],
    ['Client.validationError', 'User Name is already in use.', '/a', { kind: 'conflict' }],
    [
      'Client.validationError',
      'Value is not valid.',
      '/a/wd:Email_Address[1]',
      { kind: 'rejected', code: 'validation', attribute: 'workEmail' },
    ],
    ['Client.validationError', 'Something else.', '/a', { kind: 'rejected', code: 'validation' }],
    [
      'Server.processingError',
      'v99.0 is not a valid version',
      undefined,
      { kind: 'rejected', code: 'processing' },
    ],
    [
      'Server.processingError',
      'Out of order.',
      undefined,
      { kind: 'retry', scope: 'object', maybeDone: true },
    ],
  ])('%s: %s', (code, text, xpath, outcome) => {
    expect(refused(code, text, xpath)).toMatchObject(outcome);
  });

  it('waits for an event in progress without saying that something may have been done', () => {
    expect(refused('Client.validationError', 'Another event is in progress.', '/a')).not.toHaveProperty(
      'maybeDone',
    );
  });

  it.each([
    [429, { kind: 'retry', scope: 'connection' }],
    [503, { kind: 'retry', scope: 'connection' }],
    [401, { kind: 'denied' }],
    [403, { kind: 'denied' }],
    [404, { kind: 'retry', scope: 'connection' }],
    [302, { kind: 'retry', scope: 'connection' }],
    [500, { kind: 'retry', scope: 'object', maybeDone: true }],
    [400, { kind: 'rejected', code: 'http-400' }],
  ])('HTTP %i without a fault', (status, outcome) => {
    expect(refusalOf({ status }, 'write', 0)).toMatchObject(outcome);
    expect(refusalOf({ status }, 'read', 0)).not.toHaveProperty('maybeDone');
  });
});
