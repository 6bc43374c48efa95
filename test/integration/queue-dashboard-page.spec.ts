import type { Browser } from 'playwright-core';
import { Queues } from '@rollcall/platform';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningHub } from '../../apps/hub/src/start/start-hub.js';
import {
  createTestDatabase,
  describeWithChromium,
  openChromium,
  startHubHere,
  type TestDatabase,
} from '../harness/index.js';

describeWithChromium('the queue dashboard in a browser', () => {
  let test: TestDatabase;
  let hub: RunningHub;
  let browser: Browser;
  beforeAll(async () => {
    test = await createTestDatabase();
    hub = await startHubHere({ DATABASE_URL: test.url, HUB_ROLES: 'api' });
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
    await test?.drop();
  });

  it('signs in, shows the queues, signs out, and asks nobody but the hub for anything', async () => {
    await hub.app.get(Queues).queue('project').add('project', {});
    const page = await browser.newPage();
    const elsewhere: string[] = [];
    const faults: string[] = [];
    page.on('response', (response) => {
      if (!response.url().startsWith(hub.url)) elsewhere.push(response.url());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${hub.url}/queues`);
    await page.getByLabel('Admin key').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Admin key').fill(hub.keys.adminKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByRole('link', { name: /project/i })
      .first()
      .waitFor();
    expect(await page.title()).toContain('Rollcall queues');
    expect(elsewhere).toEqual([]);
    expect(faults).toEqual([]);
    await page.goto(`${hub.url}/queues/sign-out`);
    await page.goto(`${hub.url}/queues`);
    await page.getByLabel('Admin key').waitFor();
  });
});
