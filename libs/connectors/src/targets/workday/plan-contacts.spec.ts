import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planContacts, type WantedContacts } from './plan-contacts.js';
import type { ContactEntry } from './work-contacts.js';

const entry = (value: string, further: Partial<ContactEntry> = {}): ContactEntry => ({
  value,
  primary: true,
  isPublic: true,
  reference: { type: 'Email_ID', id: value },
  ...further,
});
const landline = (value: string, further: Partial<ContactEntry> = {}) =>
  entry(value, { device: 'Landline', ...further });
const mobile = (value: string, further: Partial<ContactEntry> = {}) =>
  entry(value, { device: 'Mobile', primary: false, ...further });

const plan = (there: { emails?: ContactEntry[]; phones?: ContactEntry[] }, wanted: WantedContacts) =>
  planContacts({ emails: [], phones: [], ...there }, wanted, 'USA');

describe('what is written of contacts', () => {
  it('is what differs by more than spelling', () => {
    expect(plan({ emails: [entry('ada@x.example')] }, { workEmail: 'ADA@x.example' }).emails).toEqual([]);
    expect(plan({ phones: [landline('+15171234567')] }, { workPhone: '(517) 123-4567' }).phones).toEqual([]);
    const changed = plan({ emails: [entry('ada@x.example')] }, { workEmail: 'king@x.example' }).emails;
    expect(changed).toMatchObject([
      { change: 'set', entry: { value: 'king@x.example', reference: { id: 'ada@x.example' } } },
    ]);
  });

  it('changes the primary of several, and leaves the others', () => {
    const emails = [entry('second@x.example', { primary: false }), entry('first@x.example')];
    expect(plan({ emails }, { workEmail: 'new@x.example' }).emails).toMatchObject([
      { change: 'set', entry: { reference: { id: 'first@x.example' } } },
    ]);
  });

  it('makes the first of a kind the primary one', () => {
    expect(plan({}, { workMobile: '+15171234567' }).phones).toMatchObject([
      { change: 'set', entry: { device: 'Mobile', primary: true } },
    ]);
    expect(plan({ phones: [landline('+15170000000')] }, { workMobile: '+15171234567' }).phones).toMatchObject(
      [{ change: 'set', entry: { device: 'Mobile', primary: false } }],
    );
  });

  it('tells what cannot be taken away for want of an id', () => {
    const emails = [entry('a@x.example', { reference: undefined })];
    expect(plan({ emails }, { workEmail: null })).toMatchObject({ emails: [], undeletable: ['workEmail'] });
    expect(plan({}, { workEmail: null })).toMatchObject({ emails: [], undeletable: [] });
  });

  it('always leaves exactly one primary phone, or none at all, and writes nothing the second time', () => {
    const numbers = fc.constantFrom('+15170000001', '+15170000002', '+15170000003');
    const wish = fc.option(fc.option(numbers, { nil: null }), { nil: undefined });
    const there = fc
      .record({ first: fc.option(numbers), second: fc.option(numbers) })
      .map(({ first, second }) => [
        ...(first ? [landline(first)] : []),
        ...(second ? [mobile(second, { primary: first === null })] : []),
      ]);
    fc.assert(
      fc.property(there, wish, wish, (phones, workPhone, workMobile) => {
        const wanted: WantedContacts = { workPhone, workMobile };
        const after = applied(phones, plan({ phones }, wanted).phones);
        expect(after.filter(({ primary }) => primary)).toHaveLength(after.length > 0 ? 1 : 0);
        expect(plan({ phones: after }, wanted).phones).toEqual([]);
      }),
    );
  });
});

function applied(phones: ContactEntry[], changes: ReturnType<typeof plan>['phones']): ContactEntry[] {
  const left = new Map(phones.map((each) => [each.device, each]));
  for (const { change, entry: changed } of changes) {
    if (change === 'delete') left.delete(changed.device);
    else
      left.set(changed.device, {
        ...changed,
        reference: changed.reference ?? { type: 'Phone_ID', id: 'new' },
      });
  }
  return [...left.values()];
}
