import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

/** What to find where, until somebody is signed in anywhere. */
@Controller()
@ApiExcludeController()
export class HomeController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  home(): string {
    return page;
  }
}

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Rollcall</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }
  dt { font-weight: 600; margin-top: 1rem } dd { margin: 0 }
  @media (prefers-color-scheme: dark) { body { background: #16181d; color: #e6e6e6 } a { color: #8ab4f8 } }
</style>
<h1>Rollcall</h1>
<p>This provisioning hub is running.</p>
<dl>
  <dt><a href="/api/docs">Admin API</a></dt>
  <dd>Make sources and connections, see what arrived where. OpenAPI: <a href="/api/openapi.json">/api/openapi.json</a></dd>
  <dt>SCIM 2.0 base: <code>/scim/v2</code></dt>
  <dd>The tenant URL for an identity provider, with the token of a source.</dd>
  <dt><a href="/queues">Queues</a></dt>
  <dd>What the workers are at. Sign in with the admin key.</dd>
  <dt><a href="/health/ready">Health</a>, <a href="/metrics">metrics</a></dt>
  <dd>For the machines that watch this one.</dd>
</dl>
</html>
`;
