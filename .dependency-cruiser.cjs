/**
 * Who may know whom (ARCHITECTURE.md, "Rooms"): an allow list, no cycles.
 * A dependency that no `allowed` rule names is an error.
 */
const room = name => `^server/src/${name}/`;
const nodeOrPackage = '^(node:|node_modules/|[a-z_/]+$)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-knows-no-vendor',
      severity: 'error',
      from: { path: room('domain'), pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'] },
    },
    {
      name: 'no-adapter-knows-another',
      severity: 'error',
      from: { path: '^server/src/adapters/([^/]+)/' },
      to: { path: '^server/src/adapters/', pathNot: '^server/src/adapters/$1/' },
    },
    {
      name: 'only-compose-news-adapters',
      severity: 'error',
      from: { path: '^server/src/', pathNot: '^server/src/(compose(\\.ts$|/)|adapters/)' },
      to: { path: '^server/src/adapters/' },
    },
  ],
  allowedSeverity: 'error',
  allowed: [
    { from: { path: '\\.test\\.tsx?$' }, to: {} },
    { from: { path: '^test/' }, to: {} },
    { from: {}, to: { path: nodeOrPackage } },
    { from: {}, to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-peer'] } },
    { from: { path: room('contract') }, to: { path: room('contract') } },
    { from: { path: room('domain') }, to: { path: room('domain') } },
    { from: { path: room('ports') }, to: { path: ['ports', 'domain'].map(room) } },
    { from: { path: room('formats') }, to: { path: ['formats', 'domain'].map(room) } },
    { from: { path: room('application') }, to: { path: ['application', 'ports', 'domain'].map(room) } },
    {
      from: { path: '^server/src/adapters/([^/]+)/' },
      to: { path: ['^server/src/adapters/$1/', ...['ports', 'domain', 'formats'].map(room)] },
    },
    {
      from: { path: room('http') },
      to: { path: ['http', 'contract', 'application', 'ports', 'domain', 'formats'].map(room) },
    },
    { from: { path: room('config') }, to: { path: room('config') } },
    {
      from: { path: '^server/src/((compose|main|log)\\.ts$|compose/)' },
      to: { path: '^server/src/' },
    },
    { from: { path: '^extension/src/' }, to: { path: ['^extension/src/', '^server/src/contract/'] } },
    // What a volume of a series is must not differ between the viewer and the server.
    {
      from: { path: '^extension/src/(domain|adapters)/' },
      to: { path: '^server/src/domain/(affine|phases|stacks)\\.ts$' },
    },
    { from: { path: '^mode/src/' }, to: { path: ['^mode/src/', '^extension/src/'] } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
