import { DOMParser, type Element } from '@xmldom/xmldom';

export interface SoapRequest {
  operation: Element;
  username?: string;
  password?: string;
}

/** An envelope with its operation and WS-Security user. Undefined where it is not one. */
export function readEnvelope(xml: string): SoapRequest | undefined {
  const root = new DOMParser({ onError: () => undefined }).parseFromString(xml, 'text/xml').documentElement;
  if (!root || root.localName !== 'Envelope') return undefined;
  const token = first(first(first(root, 'Header'), 'Security'), 'UsernameToken');
  const [operation] = elements(first(root, 'Body'));
  return (
    operation && {
      operation,
      username: textIn(token, 'Username'),
      password: first(token, 'Password')?.textContent ?? undefined,
    }
  );
}

export const elements = (parent: Element | undefined): Element[] =>
  parent ? [...parent.childNodes].filter((node): node is Element => node.nodeType === 1) : [];

export const first = (parent: Element | undefined, name: string): Element | undefined =>
  elements(parent).find((each) => each.localName === name);

export const textIn = (parent: Element | undefined, name: string): string | undefined =>
  first(parent, name)?.textContent?.trim() ?? undefined;

/** An attribute in the namespace of Workday, whatever its prefix. */
export const attribute = (element: Element | undefined, name: string): string | undefined =>
  element?.getAttributeNS('urn:com.workday/bsvc', name) ?? undefined;
