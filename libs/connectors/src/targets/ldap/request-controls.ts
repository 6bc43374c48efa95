import { Attribute, Ber, BerWriter, Control, EqualityFilter, type BerReader } from 'ldapts';

/** Carried out only while the entry still has this id (RFC 4528), so that a name known from before may be used. */
export class AssertId extends Control {
  static readonly oid = '1.3.6.1.1.12';
  constructor(private readonly id: string) {
    super(AssertId.oid, { critical: true });
  }
  protected override writeControl(writer: BerWriter): void {
    const value = new BerWriter();
    new EqualityFilter({ attribute: 'entryUUID', value: this.id }).write(value);
    writer.writeBuffer(value.buffer, Ber.OctetString);
  }
}

/** Adding what is there and removing what is not are no errors. Ignored by servers that do not know it. */
export class PermissiveModify extends Control {
  constructor() {
    super('1.2.840.113556.1.4.1413');
  }
}

/** The id of a new entry comes with the answer to its creation (RFC 4527). */
export class ReadIdAfter extends Control {
  static readonly oid = '1.3.6.1.1.13.2';
  id: string | undefined;
  constructor() {
    super(ReadIdAfter.oid);
  }
  protected override writeControl(writer: BerWriter): void {
    const value = new BerWriter();
    value.startSequence();
    value.writeString('entryUUID');
    value.endSequence();
    writer.writeBuffer(value.buffer, Ber.OctetString);
  }
  protected override parseControl(reader: BerReader): void {
    const searchEntry = 0x64;
    if (reader.readSequence(searchEntry) === null) return;
    reader.readString();
    reader.readSequence();
    const end = reader.offset + reader.length;
    while (reader.offset < end) {
      const attribute = new Attribute();
      attribute.parse(reader);
      const [value] = attribute.values;
      if (attribute.type.toLowerCase() === 'entryuuid' && typeof value === 'string') this.id = value;
    }
  }
}

export const passwordModifyOid = '1.3.6.1.4.1.4203.1.11.1';

/** PasswdModifyRequestValue of RFC 3062 section 2. */
export function passwordModifyValue(dn: string, password: string): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeString(dn, 0x80);
  writer.writeString(password, 0x82);
  writer.endSequence();
  return writer.buffer;
}
