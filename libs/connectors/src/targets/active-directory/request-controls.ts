import { Ber, BerWriter, Control } from 'ldapts';

/** Names come with objectGUID and SID, as text (LDAP_SERVER_EXTENDED_DN_OID, MS-ADTS section 3.1.1.3.4.1.5). */
export class ExtendedNames extends Control {
  constructor() {
    super('1.2.840.113556.1.4.529', { critical: true });
  }
  protected override writeControl(writer: BerWriter): void {
    const value = new BerWriter();
    value.startSequence();
    value.writeInt(1);
    value.endSequence();
    writer.writeBuffer(value.buffer, Ber.OctetString);
  }
}

/** Tombstones are found, too (LDAP_SERVER_SHOW_DELETED_OID, MS-ADTS section 3.1.1.3.4.1.14). */
export const showDeleted = (): Control => new Control('1.2.840.113556.1.4.417', { critical: true });
