import { expect, it } from 'vitest';
import { newWebhookSecret, signedHeaders, webhookKey } from './webhook-signature.js';

it('signs as the example of Standard Webhooks does', () => {
  const key = webhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')!;
  const headers = signedHeaders(
    key,
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    new Date(1614265330_000),
    '{"test": 2432232314}',
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('takes secrets of 24 to 64 bytes and no others', () => {
  expect(webhookKey(newWebhookSecret())).toHaveLength(32);
  expect(webhookKey('whsec_c2hvcnQ=')).toBeUndefined();
  expect(webhookKey('not a secret')).toBeUndefined();
});
