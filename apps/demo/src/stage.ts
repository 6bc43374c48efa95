import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from './program.js';

/** A hub on a data folder of its own and an app that speaks SCIM, on free ports. */
export class Stage {
  readonly adminKey = randomBytes(24).toString('base64url');
  readonly appToken = randomBytes(24).toString('base64url');
  hubUrl = '';
  appUrl = '';
  private folder: string | undefined;
  private programs: Program[] = [];

  async open(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'rollcall-demo-'));
    const hub = Program.start('hub', {
      HUB_PORT: '0',
      HUB_DATA_DIR: join(this.folder, 'hub'),
      HUB_ADMIN_KEY: this.adminKey,
    });
    const app = Program.start('sandbox', { SANDBOX_PORT: '0', SANDBOX_TOKEN: this.appToken });
    this.programs = [hub, app];
    [this.hubUrl, this.appUrl] = await Promise.all([
      hub.prints(/SCIM base +(http:\/\/[^/\s]+)/),
      app.prints(/SCIM base URL +(http:\/\/[^/\s]+)/),
    ]);
  }

  /** Leaves nothing behind. */
  async close(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()));
    if (this.folder) await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
