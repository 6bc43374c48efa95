import type { AttributeMapping, Mappings } from '../../contract.js';

const employeeNumber = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber';
const line = (source: string, target: string): AttributeMapping => ({
  source,
  target,
  apply: 'always',
  whenEmpty: 'leave',
});

/** What the directory knows before Workday does. Workday keeps the rest, so nothing there is cleared. */
export const defaultMappings: Mappings = {
  users: {
    matching: [{ source: employeeNumber, target: 'workerId' }],
    attributes: [
      line('emails[type eq "work"].value', 'workEmail'),
      line('phoneNumbers[type eq "work"].value', 'workPhone'),
      line('phoneNumbers[type eq "mobile"].value', 'workMobile'),
    ],
  },
};
