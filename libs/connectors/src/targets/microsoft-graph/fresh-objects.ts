import type { AttributeChange, Attributes, SubjectType } from '../../contract.js';

/** Microsoft speaks of minutes until what is new can be seen everywhere. */
const graceMs = 600_000;
const mostKept = 20_000;
/** What accounts and groups are usually matched by. */
const keys = ['userPrincipalName', 'mail', 'employeeId', 'mailNickname', 'displayName'];

/**
 * What this connection has made lately. Graph may answer 404 for it, and searches may not find it, until every copy of
 * the directory has heard of it; that must not be taken for deleted.
 */
export class FreshObjects {
  private readonly byId = new Map<string, { type: SubjectType; until: number; values: Attributes }>();
  private readonly idByValue = new Map<string, string>();

  made(type: SubjectType, id: string, attributes: Attributes): void {
    this.keep(type, id, attributes, Date.now() + graceMs);
  }

  changed(id: string, changes: AttributeChange[]): void {
    const fresh = this.byId.get(id);
    if (!fresh) return;
    const next = { ...fresh.values };
    for (const change of changes) {
      if (change.op === 'set') next[change.attribute] = change.value;
      else delete next[change.attribute];
    }
    this.forget(id);
    this.keep(fresh.type, id, next, fresh.until);
  }

  forget(id: string): void {
    const fresh = this.byId.get(id);
    this.byId.delete(id);
    for (const [name, value] of Object.entries(fresh?.values ?? {})) {
      const key = keyOf(fresh!.type, name, String(value));
      if (this.idByValue.get(key) === id) this.idByValue.delete(key);
    }
  }

  has(id: string): boolean {
    const fresh = this.byId.get(id);
    if (!fresh) return false;
    if (fresh.until > Date.now()) return true;
    this.forget(id);
    return false;
  }

  /** Whether one of them has this value. */
  someHas(type: SubjectType, attribute: string, value: string): boolean {
    const id = this.idByValue.get(keyOf(type, attribute, value));
    return id !== undefined && this.has(id);
  }

  private keep(type: SubjectType, id: string, attributes: Attributes, until: number): void {
    const [oldest] = this.byId.keys();
    if (this.byId.size >= mostKept) this.forget(oldest!);
    const kept = Object.entries(attributes).filter(
      ([name, value]) => keys.includes(name) && typeof value === 'string',
    );
    this.byId.set(id, { type, until, values: Object.fromEntries(kept) });
    for (const [name, value] of kept) this.idByValue.set(keyOf(type, name, String(value)), id);
  }
}

const keyOf = (type: SubjectType, attribute: string, value: string): string =>
  `${type} ${attribute} ${value.toLowerCase()}`;
