import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signatureHeaders } from './sign-request.js';

const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_123, method: 'POST', path: '/in?a=1' };
const body = '{"test": 2432232314}';

describe('a signature', () => {
  it('is the one of the Standard Webhooks test vector', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(signatureHeaders({ style: 'standard-webhooks' }, [secret], { ...signed, body })).toEqual({
      'webhook-id': signed.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is made with both secrets while one takes the place of the other', () => {
    const both = ['new secret of twenty', 'old secret of twenty'];
    const headers = signatureHeaders({ style: 'standard-webhooks' }, both, { ...signed, body });
    const alone = both.map(
      (secret) =>
        signatureHeaders({ style: 'standard-webhooks' }, [secret], { ...signed, body })['webhook-signature'],
    );
    expect(headers['webhook-signature']).toBe(alone.join(' '));
  });

  it('has the form an app of its own way wants', () => {
    const secret = "It's a Secret to Everybody";
    const github = { style: 'custom' as const, header: 'X-Hub-Signature-256', value: 'sha256={signature}' };
    expect(signatureHeaders(github, [secret], { ...signed, body: 'Hello, World!' })).toEqual({
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    });
    const content = '{timestamp}.{method}.{path}.{body}';
    const other = { style: 'custom' as const, header: 'X-Sig', content, algorithm: 'sha512' as const };
    const headers = signatureHeaders(
      { ...other, encoding: 'base64', value: 't={timestamp},v={signature}' },
      [secret],
      { ...signed, body },
    );
    const expected = createHmac('sha512', secret).update(`1614265330.POST./in?a=1.${body}`).digest('base64');
    expect(headers).toEqual({ 'x-sig': `t=1614265330,v=${expected}` });
  });
});
