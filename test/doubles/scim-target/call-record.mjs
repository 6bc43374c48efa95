// @ts-check

/** @typedef {import('./scim-target.mjs').RecordedCall} RecordedCall */

/** Every call that came in, and how many there were at once for one account. */
export class CallRecord {
  constructor() {
    /** @type {RecordedCall[]} */
    this.calls = [];
    /** @type {Map<string, number>} */
    this.underWay = new Map();
    /** @type {Map<string, number>} */
    this.mostAtOnce = new Map();
    this.allUnderWay = 0;
    this.mostInAll = 0;
  }

  /**
   * @param {string} method
   * @param {URL} url
   * @param {any} body
   * @param {(id: string) => string | undefined} nameOf
   * @returns {RecordedCall}
   */
  start(method, url, body, nameOf) {
    const id = /\/(?:Users|Groups)\/([^/]+)$/.exec(url.pathname)?.[1];
    const key =
      method === 'POST'
        ? (body?.userName ?? body?.displayName)
        : id === undefined
          ? undefined
          : (nameOf(id) ?? id);
    /** @type {RecordedCall} */
    const call = { at: Date.now(), method, url: url.pathname + url.search, status: 'open' };
    if (body !== undefined) call.body = body;
    if (key !== undefined) {
      call.account = key;
      const now = (this.underWay.get(key) ?? 0) + 1;
      this.underWay.set(key, now);
      this.mostAtOnce.set(key, Math.max(now, this.mostAtOnce.get(key) ?? 0));
    }
    this.mostInAll = Math.max(this.mostInAll, ++this.allUnderWay);
    this.calls.push(call);
    return call;
  }

  /**
   * @param {RecordedCall} call
   * @param {number | 'lost'} status
   */
  end(call, status) {
    call.status = status;
    this.allUnderWay--;
    if (call.account === undefined) return;
    const left = (this.underWay.get(call.account) ?? 1) - 1;
    if (left === 0) this.underWay.delete(call.account);
    else this.underWay.set(call.account, left);
  }

  report() {
    return {
      calls: this.calls,
      mostAtOnce: Math.max(0, ...this.mostAtOnce.values()),
      mostAtOnceByAccount: Object.fromEntries(this.mostAtOnce),
      mostInAll: this.mostInAll,
    };
  }
}
