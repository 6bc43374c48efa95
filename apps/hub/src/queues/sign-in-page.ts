/** @param fault plain text of ours, never of the visitor */
export function signInPage(fault?: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Rollcall queues: sign in</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 20vh auto; padding: 0 1rem; }
  input, button { font: inherit; padding: .5rem; width: 100%; box-sizing: border-box; margin-top: .5rem; }
  [role=alert] { color: #b3261e } small { color: #666 }
  @media (prefers-color-scheme: dark) { body { background: #16181d; color: #e6e6e6 } small { color: #aaa } [role=alert] { color: #f2b8b5 } }
</style>
<h1>Queues</h1>
<form method="post">
  <label for="key">Admin key</label>
  <input id="key" name="key" type="password" required autofocus autocomplete="current-password">
  ${fault ? `<p role="alert">${fault}</p>` : ''}
  <button>Sign in</button>
</form>
<p><small>The hub says at its start where the key is kept.</small></p>
</html>
`;
}
