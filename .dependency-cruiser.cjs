const may = {
  platform: [],
  scim: [],
  access: ['platform'],
  'event-store': ['platform'],
  directory: ['scim', 'event-store', 'platform'],
  'read-model': ['directory', 'scim', 'event-store', 'platform'],
  connectors: ['scim', 'platform'],
  provisioning: ['access', 'connectors', 'directory', 'event-store', 'platform', 'read-model', 'scim'],
};
const libs = Object.keys(may);

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'lib-by-its-index-only',
      comment: 'Another room is entered by its front door.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/$2/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'app-imports-no-app',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$2/' },
    },
    ...libs.map((lib) => ({
      name: `${lib}-may-import`,
      comment: `libs/${lib} may import ${may[lib].join(', ') || 'nothing of ours'}.`,
      severity: 'error',
      from: { path: `^libs/${lib}/` },
      to: { path: '^libs/', pathNot: `^libs/(${[lib, ...may[lib]].join('|')})/` },
    })),
    {
      name: 'pure-parts-do-no-io',
      comment:
        'scim, decide, evolve, mapping, scope and plan are functions: no framework, database, queue, network.',
      severity: 'error',
      from: {
        path: [
          '^libs/scim/',
          '\\.(decide|evolve)\\.ts$',
          '^libs/provisioning/src/(plan|mapping|scope|matching)/',
        ],
        pathNot: '\\.spec\\.ts$',
      },
      to: {
        path: [
          'node_modules/(@nestjs|typeorm|bullmq|ioredis|pg|undici|fastify)/',
          '^(node:)?(fs|net|http|https|tls|dns|child_process|timers|worker_threads)(/|$)',
        ],
      },
    },
    {
      name: 'target-folder-only-the-contract',
      severity: 'error',
      from: { path: '^libs/connectors/src/targets/([^/]+)/' },
      to: { path: '^libs/connectors/src/targets/', pathNot: '^libs/connectors/src/targets/($1|ldap)/' },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^dist/|^apps/console/)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
